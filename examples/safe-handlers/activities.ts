import { sleep } from 'perdure/activity';

export async function chargeFor(customer: string, seats: number): Promise<string> {
  await sleep(5);
  return `${customer} paid for ${seats}`;
}
