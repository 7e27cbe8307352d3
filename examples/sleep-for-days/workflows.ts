import { condition, defineQuery, defineSignal, proxyActivities, setHandler } from 'perdure/workflow';
import type { makeActivities } from './activities.js';

const { sendNewsletter } = proxyActivities<ReturnType<typeof makeActivities>>({ startToCloseTimeout: '1 minute' });

export const unsubscribe = defineSignal('unsubscribe');
export const issuesSent = defineQuery<number>('issuesSent');

/** A letter every `every` until somebody has had enough. Between letters it costs a row in a table. */
export async function newsletter(reader: string, every: number | string): Promise<number> {
  let sent = 0;
  let enough = false;
  setHandler(unsubscribe, () => void (enough = true));
  setHandler(issuesSent, () => sent);
  do {
    await sendNewsletter(reader, ++sent);
  } while (!(await condition(() => enough, every as number)));
  return sent;
}
