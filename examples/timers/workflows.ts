import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
} from 'perdure/workflow';
import type { makeActivities } from './activities.js';
import { MovableTimer } from './movable-timer.js';

const { processOrder, sayItTakesLong } = proxyActivities<ReturnType<typeof makeActivities>>({
  startToCloseTimeout: '1 day',
});

/** Apologises once when the order takes longer than `patience`, and goes on with it all the same. */
export async function order(patience: number): Promise<string> {
  let isDone = false;
  const timer = new CancellationScope();
  const apology = timer
    .run(() => sleep(patience))
    .then(
      () => (isDone ? undefined : sayItTakesLong()),
      (error: unknown) => {
        if (!isCancellation(error)) throw error;
      },
    );
  const result = await processOrder();
  isDone = true;
  timer.cancel();
  await apology;
  return result;
}

export const moveDeadline = defineSignal<[atMs: number]>('moveDeadline');
export const deadline = defineQuery<number>('deadline');

/** Ends at its deadline, which can be moved while it waits. */
export async function deadlineOf(atMs: number): Promise<string> {
  const timer = new MovableTimer(atMs);
  setHandler(moveDeadline, (next) => timer.moveTo(next));
  setHandler(deadline, () => timer.atMs);
  await timer.reached();
  return `reached ${timer.atMs}`;
}

/** The faster of a signal and a clock. */
export const answer = defineSignal<[string]>('answer');
export async function question(patience: number): Promise<string> {
  let said: string | undefined;
  setHandler(answer, (text) => void (said = text));
  return (await condition(() => said !== undefined, patience)) ? `they said ${said}` : 'no answer';
}
