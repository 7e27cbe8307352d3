/** `perdure workflow signal` */
import { randomUUID } from 'node:crypto';
import { workflowService } from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { identity, withConnection } from '../connection.js';
import { payloadsOf } from '../output/payload-text.js';
import { printJson } from '../output/print.js';
import type { SignalFlags } from '../spec.js';

export async function run(around: Surroundings, flags: SignalFlags): Promise<void> {
  const { namespace, name: signalName, 'workflow-id': workflowId, 'run-id': runId } = flags;
  const input = payloadsOf(flags.input);
  await withConnection(flags, async (connection) => {
    const workflowExecution = { workflowId, runId };
    await connection.call(workflowService.SignalWorkflowExecution, {
      namespace,
      workflowExecution,
      signalName,
      input,
      identity: identity(),
      requestId: randomUUID(),
    });
    if (flags.output === 'json') printJson(around, {});
    else around.out(`Signal ${signalName} is in the history of ${workflowId}.\n`);
  });
}
