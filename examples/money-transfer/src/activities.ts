// The steps of a transfer. Each may run more than once (a worker may die after the booking and before its report), so each
// booking has a key made of the workflow's id and the step: the bank does it once.
import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { BookingRefused } from './bank.js';
import type { Bank } from './bank.js';

/** The activities over one bank. A refusal by the bank is final: it is not retried. */
export function makeActivities(bank: Bank) {
  const step = (name: string, account: string, amountCents: number): string => {
    const key = `${activityInfo().workflowExecution!.workflowId}/${name}`;
    try {
      return bank.book({ key, account, amountCents });
    } catch (error) {
      if (error instanceof BookingRefused) throw ApplicationFailure.nonRetryable(error.message, error.name);
      throw error;
    }
  };
  return {
    withdraw: async (account: string, amountCents: number) => step('withdraw', account, -amountCents),
    deposit: async (account: string, amountCents: number) => step('deposit', account, amountCents),
    refund: async (account: string, amountCents: number) => step('refund', account, amountCents),
  };
}

export type Activities = ReturnType<typeof makeActivities>;
