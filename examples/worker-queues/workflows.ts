import { CancellationScope, proxyActivities } from 'perdure/workflow';
import type { hostActivities, makeSharedActivities } from './activities.js';

const { chooseHost } = proxyActivities<ReturnType<typeof makeSharedActivities>>({ startToCloseTimeout: '10s' });

/** When the chosen host dies, its queue has no worker: the steps time out and everything starts over elsewhere. */
export async function countWordsOf(text: string): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await onOneHost(await chooseHost(), text);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

async function onOneHost(taskQueue: string, text: string): Promise<number> {
  const { download, countWords, cleanUp } = proxyActivities<typeof hostActivities>({
    taskQueue,
    scheduleToStartTimeout: '1 minute',
    startToCloseTimeout: '5 minutes',
    retry: { maximumAttempts: 1 },
  });
  const path = await download(text);
  try {
    return await countWords(path);
  } finally {
    await CancellationScope.nonCancellable(() => cleanUp(path));
  }
}
