/** `perdure operator namespace list` */
import type { ListNamespacesResponse } from '@perdure/protocol';
import { DescribeNamespaceResponse, NamespaceStateNames, workflowService } from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { withConnection } from '../connection.js';
import { enumText } from '../output/enum-text.js';
import { printJson } from '../output/print.js';
import { table } from '../output/table.js';
import { durationText } from '../output/time-text.js';
import type { ConnectionFlags } from '../spec.js';

const PAGE_ROWS = 100;

export async function run(around: Surroundings, flags: ConnectionFlags): Promise<void> {
  await withConnection(flags, async (connection) => {
    const namespaces: DescribeNamespaceResponse[] = [];
    let page: ListNamespacesResponse | undefined;
    do {
      page = await connection.call(workflowService.ListNamespaces, {
        pageSize: PAGE_ROWS,
        nextPageToken: page?.nextPageToken,
      });
      namespaces.push(...page.namespaces);
    } while (page.nextPageToken.length > 0);
    if (flags.output === 'json') {
      const { messageToJson } = await import('@perdure/protocol/json');
      printJson(
        around,
        namespaces.map((each) =>
          messageToJson(DescribeNamespaceResponse.name, DescribeNamespaceResponse.encode(each), { payloads: 'short' }),
        ),
      );
    } else around.out(table(['NAME', 'STATE', 'RETENTION', 'DESCRIPTION'], namespaces.map(rowOf)));
  });
}

function rowOf({ namespaceInfo, config }: DescribeNamespaceResponse): string[] {
  const { name = '', state = 0, description = '' } = namespaceInfo ?? {};
  return [
    name,
    enumText(NamespaceStateNames, state),
    durationText(config?.workflowExecutionRetentionTtl ?? 0),
    description,
  ];
}
