// Deployed when no visit of version 1 is open any more (perdure workflow list says so): the old way goes.
import { condition, defineSignal, deprecatePatch, proxyActivities, setHandler } from 'perdure/workflow';
import type * as activities from './activities.js';

const { sendMail } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });
export const cameIn = defineSignal('cameIn');

export async function visit(name: string): Promise<string> {
  let isIn = false;
  setHandler(cameIn, () => void (isIn = true));
  deprecatePatch('mail-not-letter');
  const invitation = await sendMail(name);
  await condition(() => isIn);
  return invitation;
}
