import { ActivityCancellationType, CancellationScope, isCancellation, proxyActivities, sleep } from 'perdure/workflow';
import type * as activities from './activities.js';

const { fetchText, copyPages } = proxyActivities<typeof activities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '10ms' },
});
const { askForSignature: ask } = proxyActivities<typeof activities>({ startToCloseTimeout: '30 days' });
const { keepWatch } = proxyActivities<typeof activities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** The first of two sources that answers; the other request is broken off. */
export async function firstAnswer(urls: string[]): Promise<string> {
  const scope = new CancellationScope();
  try {
    return await scope.run(() => Promise.any(urls.map((url) => fetchText(url))));
  } finally {
    scope.cancel();
  }
}

export async function signContract(document: string): Promise<string> {
  return `${document} signed by ${await ask(document)}`;
}

export async function copyBook(pages: number, breakAfter: number): Promise<{ copied: number; resumedAt: number }> {
  return copyPages(pages, breakAfter);
}

/** Watches until it is cancelled, then cleans up where cancellation no longer reaches. */
export async function guard(): Promise<string> {
  try {
    await keepWatch();
    return 'never';
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return CancellationScope.nonCancellable(async () => {
      await sleep('10ms');
      return 'watch ended in good order';
    });
  }
}
