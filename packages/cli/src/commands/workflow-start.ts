/** `perdure workflow start` */
import { randomUUID } from 'node:crypto';
import { TaskQueueKind, workflowService } from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { identity, withConnection } from '../connection.js';
import { payloadsOf } from '../output/payload-text.js';
import { printJson } from '../output/print.js';
import { card } from '../output/table.js';
import type { StartFlags } from '../spec.js';

export async function run(around: Surroundings, flags: StartFlags): Promise<void> {
  const workflowId = flags['workflow-id'] ?? randomUUID();
  const { namespace, type, 'task-queue': taskQueue } = flags;
  await withConnection(flags, async (connection) => {
    const { runId } = await connection.call(workflowService.StartWorkflowExecution, {
      namespace,
      workflowId,
      workflowType: { name: type },
      taskQueue: { name: taskQueue, kind: TaskQueueKind.NORMAL },
      input: payloadsOf(flags.input),
      workflowExecutionTimeout: flags['execution-timeout'],
      workflowRunTimeout: flags['run-timeout'],
      workflowTaskTimeout: flags['task-timeout'],
      identity: identity(),
      requestId: randomUUID(),
    });
    if (flags.output === 'json') printJson(around, { workflowId, runId, type, namespace, taskQueue });
    else
      around.out(
        card([
          ['Workflow', workflowId],
          ['Run', runId],
          ['Type', type],
          ['Namespace', namespace],
          ['Task queue', taskQueue],
        ]),
      );
  });
}
