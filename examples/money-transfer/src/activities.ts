// The steps of a transfer. Each may run more than once (a worker may die after the booking and before its report), so each
// booking has a key made of the workflow's id and the step: the bank does it once.
import { activityInfo, ApplicationFailure, sleep } from 'perdure/activity';
import { BookingRefused } from './bank.js';
import type { Bank } from './bank.js';

/**
 * The activities over one bank. A refusal by the bank is final: it is not retried.
 * A slow bank (`answerAfterMs` after it booked) leaves time to kill the worker between a booking and its report.
 */
export function makeActivities(bank: Bank, answerAfterMs = 0) {
  const step = async (name: string, account: string, amountCents: number): Promise<string> => {
    const key = `${activityInfo().workflowExecution!.workflowId}/${name}`;
    try {
      const answer = bank.book({ key, account, amountCents });
      if (answerAfterMs > 0) await sleep(answerAfterMs);
      return answer;
    } catch (error) {
      if (error instanceof BookingRefused) throw ApplicationFailure.nonRetryable(error.message, error.name);
      throw error;
    }
  };
  return {
    withdraw: (account: string, amountCents: number) => step('withdraw', account, -amountCents),
    deposit: (account: string, amountCents: number) => step('deposit', account, amountCents),
    refund: (account: string, amountCents: number) => step('refund', account, amountCents),
  };
}

export type Activities = ReturnType<typeof makeActivities>;
