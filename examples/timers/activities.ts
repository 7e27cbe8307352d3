import { sleep } from 'perdure/activity';

export function makeActivities(takesMs: number, mails: string[]) {
  return {
    async processOrder(): Promise<string> {
      await sleep(takesMs);
      return 'processed';
    },
    async sayItTakesLong(): Promise<void> {
      mails.push('Your order takes longer than we thought.');
    },
  };
}
