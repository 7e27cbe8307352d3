/** After quiet nothing may be left that waits for something: rows on disk, values in memory. */
import type { Disk } from '../disk.js';
import type { ServerProcess } from '../server.js';

type Report = (check: string, message: string) => void;

export function checkLeaks(disk: Disk, server: ServerProcess, report: Report): void {
  const { tables } = disk;
  const say = (message: string): void => report('leak', message);
  if (tables.outbox.size > 0) say(`${tables.outbox.size} outbox rows are left`);
  if (tables.dispatch.size > 0)
    say(
      `${tables.dispatch.size} dispatch rows are left: ${[...tables.dispatch.values()].map(({ queue }) => queue).join(', ')}`,
    );
  if (tables.timers.size !== tables.executions.size)
    say(`${tables.timers.size} timer rows for ${tables.executions.size} closed executions`);
  const { engine } = server;
  if (engine.matching.parkedCount > 0) say(`${engine.matching.parkedCount} polls are parked though no worker lives`);
  if (engine.starting.size > 0)
    say(`${engine.starting.size} polls are marked as being started: ${[...engine.starting].join(', ')}`);
  if (engine.gone.size > 0) say(`${engine.gone.size} polls are marked as gone`);
  if (server.waitingCallers > 0) say(`${server.waitingCallers} callers wait`);
  for (const run of engine.runs.inMemory) {
    const waiters = run.historyWaiters.size + run.updateWaiters.size + (run.queries?.size ?? 0);
    if (waiters > 0) say(`${waiters} waiters on closed run ${run.runId} of ${run.state.workflowId}`);
    if (run.isVoid) say(`void run ${run.runId} is still found in memory`);
  }
}
