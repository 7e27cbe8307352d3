import { ApplicationFailure } from 'perdure/activity';

export async function authorise(account: string, cents: number): Promise<string> {
  if (account === 'empty') throw ApplicationFailure.nonRetryable('not enough money', 'Refused');
  return `${account}-${cents}`;
}

export async function settle(code: string): Promise<string> {
  return `settled ${code}`;
}

export async function release(account: string): Promise<string> {
  return `released ${account}`;
}
