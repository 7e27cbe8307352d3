// Deployed first: people get a letter.
import { condition, defineSignal, proxyActivities, setHandler } from 'perdure/workflow';
import type * as activities from './activities.js';

const { sendLetter } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });
export const cameIn = defineSignal('cameIn');

export async function visit(name: string): Promise<string> {
  let isIn = false;
  setHandler(cameIn, () => void (isIn = true));
  const invitation = await sendLetter(name);
  await condition(() => isIn);
  return invitation;
}
