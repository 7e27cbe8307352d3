/** `perdure workflow terminate` */
import { workflowService } from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { identity, withConnection } from '../connection.js';
import { printJson } from '../output/print.js';
import type { EndFlags } from '../spec.js';

export async function run(around: Surroundings, flags: EndFlags): Promise<void> {
  const { namespace, reason, 'workflow-id': workflowId, 'run-id': runId } = flags;
  await withConnection(flags, async (connection) => {
    const workflowExecution = { workflowId, runId };
    await connection.call(workflowService.TerminateWorkflowExecution, {
      namespace,
      workflowExecution,
      reason,
      identity: identity(),
    });
    if (flags.output === 'json') printJson(around, {});
    else around.out(`${workflowId} is terminated.\n`);
  });
}
