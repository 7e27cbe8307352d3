// One call starts the payment and answers as soon as the bank has authorised it; the slow rest goes on behind it.
import { ApplicationFailure, condition, defineUpdate, proxyActivities, setHandler } from 'perdure/workflow';
import type * as activities from './activities.js';

const { authorise, settle, release } = proxyActivities<typeof activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 3 },
});

export const authorisation = defineUpdate<string>('authorisation');

export async function payment(account: string, cents: number): Promise<'settled' | 'released'> {
  let code: string | undefined;
  let refused: unknown;
  setHandler(authorisation, async () => {
    await condition(() => code !== undefined || refused !== undefined);
    if (code !== undefined) return code;
    throw ApplicationFailure.create({ message: 'The bank refused.', type: 'Refused', cause: refused as Error });
  });
  try {
    code = await authorise(account, cents);
  } catch (error) {
    refused = error;
    await release(account);
    return 'released';
  }
  await settle(code);
  return 'settled';
}
