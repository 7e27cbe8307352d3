// A person decides, days later, on a web page: the activity waits without a worker and is completed from there.
import { ActivityFailure, proxyActivities, TimeoutFailure } from 'perdure/workflow';
import type { makeActivities } from './activities.js';

const { pay } = proxyActivities<ReturnType<typeof makeActivities>>({ startToCloseTimeout: '1 minute' });

export async function expense(id: string, cents: number, decideWithin: number): Promise<string> {
  const { awaitDecision } = proxyActivities<ReturnType<typeof makeActivities>>({
    startToCloseTimeout: decideWithin,
    retry: { maximumAttempts: 1 },
  });
  try {
    if ((await awaitDecision(id)) === 'rejected') return 'rejected';
  } catch (error) {
    if (error instanceof ActivityFailure && error.cause instanceof TimeoutFailure) return 'nobody decided';
    throw error;
  }
  return pay(id, cents);
}
