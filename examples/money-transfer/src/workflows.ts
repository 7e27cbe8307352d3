// A transfer: withdraw, then deposit; if the deposit is refused for good, give the money back.
import { ActivityFailure, proxyActivities, sleep } from 'perdure/workflow';
import type { Activities } from './activities.js';
import type { Outcome, Transfer } from './transfer-types.js';

const { withdraw, deposit, refund } = proxyActivities<Activities>({
  startToCloseTimeout: '5s',
  retry: { initialInterval: '200ms', maximumInterval: '5s' },
});

export async function moneyTransfer({ from, to, amountCents, pauseMs = 0 }: Transfer): Promise<Outcome> {
  await withdraw(from, amountCents);
  if (pauseMs > 0) await sleep(pauseMs);
  try {
    await deposit(to, amountCents);
    return { state: 'done' };
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    await refund(from, amountCents);
    return { state: 'refunded', reason: error.cause?.message ?? error.message };
  }
}
