/** Timers: durable, numbered, cancelled with their scope. */
import { durationMs } from '../../conversion/duration.js';
import type { Duration } from '../../conversion/duration.js';
import { CancellationScope } from './cancellation-scope.js';
import { requireRun } from './current.js';
import { intercepted } from './interceptors.js';
import type { TimerInput } from './interceptors.js';
import type { TimerOptions } from './options.js';
import { encodeUserMetadata } from './values.js';
import { Wait, WaitKind } from './waits.js';

/**
 * Waits by a timer of the server: it survives restarts and costs nothing while it waits. Less than a millisecond counts as
 * one. Throws CancelledFailure when its scope is cancelled.
 *
 * @example await sleep('30 days');
 */
export function sleep(duration: Duration, options?: TimerOptions): Promise<void> {
  const run = requireRun('sleep()');
  // The number is taken before the duration is looked at: it was always so.
  const seq = run.seqs.timer++;
  const input: TimerInput = { durationMs: Math.max(1, timerMs(duration)), seq, options };
  return intercepted(run.modules?.interceptors.outbound, 'startTimer', startTimer)(input);
}

/** Negative numbers count as 0. */
function timerMs(duration: Duration): number {
  return typeof duration === 'number' && duration < 0 ? 0 : durationMs(duration);
}

function startTimer({ seq, durationMs, options }: TimerInput): Promise<void> {
  const run = requireRun('sleep()');
  return new Promise((resolve, reject) => {
    const scope = CancellationScope.current();
    if (scope.consideredCancelled) {
      scope.listen({ onCancel: reject });
      return;
    }
    const key = { run, kind: WaitKind.TIMER, seq, below: startTimer };
    const wait = new Wait<void>(key, scope.cancellable ? scope : undefined, { resolve, reject }, cancelTimer);
    if (scope.cancellable) scope.listen(wait);
    const userMetadata = encodeUserMetadata(run.conversion, options?.summary);
    run.push({ kind: 'startTimer', seq, durationMs, userMetadata });
    run.waits.add(wait);
  });
}

function cancelTimer(wait: Wait<void>, error: Error): void {
  wait.run.waits.take(WaitKind.TIMER, wait.seq);
  wait.run.push({ kind: 'cancelTimer', seq: wait.seq });
  wait.reject(error);
}
