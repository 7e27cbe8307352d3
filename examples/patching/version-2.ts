// Deployed next: new visits get a mail, those that have had their letter go on as they began.
import { condition, defineSignal, patched, proxyActivities, setHandler } from 'perdure/workflow';
import type * as activities from './activities.js';

const { sendLetter, sendMail } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });
export const cameIn = defineSignal('cameIn');

export async function visit(name: string): Promise<string> {
  let isIn = false;
  setHandler(cameIn, () => void (isIn = true));
  const invitation = patched('mail-not-letter') ? await sendMail(name) : await sendLetter(name);
  await condition(() => isIn);
  return invitation;
}
