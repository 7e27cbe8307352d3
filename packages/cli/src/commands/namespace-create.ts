/** `perdure operator namespace create` */
import { workflowService } from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { withConnection } from '../connection.js';
import { printJson } from '../output/print.js';
import type { CreateNamespaceFlags } from '../spec.js';

const DEFAULT_RETENTION_MS = 72 * 3_600_000;

export async function run(around: Surroundings, flags: CreateNamespaceFlags): Promise<void> {
  const {
    namespace,
    description,
    email: ownerEmail,
    retention: workflowExecutionRetentionPeriod = DEFAULT_RETENTION_MS,
  } = flags;
  await withConnection(flags, async (connection) => {
    await connection.call(workflowService.RegisterNamespace, {
      namespace,
      description,
      ownerEmail,
      workflowExecutionRetentionPeriod,
    });
    if (flags.output === 'json') printJson(around, {});
    else around.out(`Namespace ${namespace} is there.\n`);
  });
}
