/** A server that goes by a VirtualClock: what its parts need beside the clock, and what the clock must know of them. */
import type { Engine, EngineOptions } from '../../engine/index.js';
import type { Log } from '../../ports/index.js';
import type { Service } from '../../transport/contract.js';
import type { Loop, LoopOptions } from '../loop.js';
import type { ServiceOptions } from '../service.js';
import { OpenWork } from './open-work.js';
import { testServiceOf } from './test-service.js';
import type { OpenTask } from './open-work.js';
import type { VirtualClock } from './virtual-clock.js';

export interface TimeSkipping {
  readonly engineOptions: Pick<EngineOptions, 'inspect' | 'realNowMs'>;
  readonly loopOptions: Pick<LoopOptions, 'onQuiet'>;
  readonly serviceOptions: Pick<ServiceOptions, 'realNowMs'>;
  readonly services: readonly Service[];
  /** Of namespaces that nobody registered: what a test has skipped should not take its closed executions away. */
  readonly retentionMs: number;
  /** From now on time may be skipped. Answers how to end that. */
  begin(loop: Loop, engine: Engine): () => void;
}

/** Such as: `a worker has not answered activity "charge" of workflow "w"`. */
function whatHoldsUp([first, ...more]: readonly OpenTask[], isPolled: (queue: OpenTask['queue']) => boolean): string {
  if (first === undefined) return 'a query waits for a worker';
  const { name, queue, isStarted } = first;
  const others = more.length === 0 ? '' : `, and ${more.length} more tasks wait`;
  if (isStarted) return `a worker has not answered ${name}${others}`;
  const why = isPolled(queue) ? 'whose workers are busy' : 'which nobody polls';
  return `${name} waits in task queue "${queue.name}", ${why}${others}`;
}

const YEAR_MS = 365 * 86_400_000;
/** A worker that polled so lately is taken to be about to poll again. */
const POLLED_LATELY_MS = 1_000;

export function skipTime(clock: VirtualClock, log: Log): TimeSkipping {
  const work = new OpenWork();
  const realNowMs = (): number => clock.realNowMs();
  return {
    engineOptions: { realNowMs, inspect: (run) => work.decided(run) },
    loopOptions: { onQuiet: () => clock.consider() },
    serviceOptions: { realNowMs },
    services: [testServiceOf(clock)],
    retentionMs: 100 * YEAR_MS,
    begin(loop, engine) {
      const isPolled = (queue: OpenTask['queue']): boolean =>
        engine.matching.hasRecentPoller(queue, clock.realNowMs(), POLLED_LATELY_MS);
      clock.attach({
        get isQuiet() {
          return loop.isQuiet;
        },
        get taskCount() {
          return work.taskCount + loop.openQueries;
        },
        tasks: () => work.tasks(),
        nextDueMs: () => work.nextDueMs(),
        isPolled,
        heldUp: () => log.write('warn', `No time is skipped: ${whatHoldsUp([...work.tasks()], isPolled)}`),
      });
      return () => clock.stop();
    },
  };
}
