/** `perdure task-queue describe`: the workers on a queue and what waits in it. */
import { DescribeTaskQueueResponse, TaskQueueKind, TaskQueueType, workflowService } from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { withConnection } from '../connection.js';
import { printJson } from '../output/print.js';
import { table } from '../output/table.js';
import { durationText, relativeText } from '../output/time-text.js';
import type { TaskQueueFlags } from '../spec.js';

const TYPES = [
  ['workflow', TaskQueueType.WORKFLOW],
  ['activity', TaskQueueType.ACTIVITY],
] as const;

export async function run(around: Surroundings, flags: TaskQueueFlags): Promise<void> {
  const taskQueue = { name: flags['task-queue'], kind: TaskQueueKind.NORMAL };
  await withConnection(flags, async (connection) => {
    const answers = await Promise.all(
      TYPES.map(async ([label, taskQueueType]) => {
        const request = { namespace: flags.namespace, taskQueue, taskQueueType, reportStats: true };
        return { label, bytes: await connection.callBytes(workflowService.DescribeTaskQueue, request) };
      }),
    );
    if (flags.output === 'json') {
      const { messageToJson } = await import('@perdure/protocol/json');
      printJson(
        around,
        Object.fromEntries(
          answers.map(({ label, bytes }) => [
            label,
            messageToJson(DescribeTaskQueueResponse.name, bytes, { payloads: 'short' }),
          ]),
        ),
      );
      return;
    }
    const parts = answers.map(({ label, bytes }) => ({ label, queue: DescribeTaskQueueResponse.decode(bytes) }));
    around.out(backlogText(parts));
    around.out(pollersText(parts, around.nowMs()));
  });
}

type Part = { readonly label: string; readonly queue: DescribeTaskQueueResponse };

function backlogText(parts: readonly Part[]): string {
  const rows = parts.map(({ label, queue: { stats } }) => [
    label,
    String(stats?.approximateBacklogCount ?? 0),
    durationText(stats?.approximateBacklogAge ?? 0),
    (stats?.tasksAddRate ?? 0).toFixed(1),
    (stats?.tasksDispatchRate ?? 0).toFixed(1),
  ]);
  return table(['TASKS', 'WAITING', 'OLDEST', 'ADDED/S', 'TAKEN/S'], rows);
}

function pollersText(parts: readonly Part[], nowMs: number): string {
  const rows = parts.flatMap(({ label, queue }) =>
    queue.pollers.map((poller) => [label, poller.identity, relativeText(poller.lastAccessTime, nowMs)]),
  );
  return rows.length === 0
    ? '\nNo worker has asked for tasks of this queue lately.\n'
    : `\n${table(['POLLS FOR', 'WORKER', 'LAST SEEN'], rows)}`;
}
