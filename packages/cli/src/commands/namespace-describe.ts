/** `perdure operator namespace describe` */
import { DescribeNamespaceResponse, NamespaceStateNames, workflowService } from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { withConnection } from '../connection.js';
import { enumText } from '../output/enum-text.js';
import { printMessage } from '../output/print.js';
import { card } from '../output/table.js';
import { durationText } from '../output/time-text.js';
import type { ConnectionFlags } from '../spec.js';

export async function run(around: Surroundings, flags: ConnectionFlags): Promise<void> {
  await withConnection(flags, async (connection) => {
    const bytes = await connection.callBytes(workflowService.DescribeNamespace, { namespace: flags.namespace });
    if (flags.output === 'json') return printMessage(around, DescribeNamespaceResponse, bytes);
    const { namespaceInfo: info, config } = DescribeNamespaceResponse.decode(bytes);
    const rows: [string, string | undefined][] = [
      ['Name', info?.name],
      ['Id', info?.id],
      ['State', info === undefined ? undefined : enumText(NamespaceStateNames, info.state)],
      ['Description', info?.description],
      ['Owner', info?.ownerEmail],
      ['Retention', durationText(config?.workflowExecutionRetentionTtl ?? 0)],
      ['Data', [...(info?.data ?? [])].map(([key, value]) => `${key} = ${value}`).join('\n')],
    ];
    around.out(card(rows));
  });
}
