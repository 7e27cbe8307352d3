// What a transfer is; shared by the workflow, the activities and the client.

export const taskQueue = 'money-transfer';

export interface Transfer {
  readonly from: string;
  readonly to: string;
  /** Cents, above zero. */
  readonly amountCents: number;
  /** Pause between withdraw and deposit, in milliseconds; for watching, and for killing something in the middle. Default 0. */
  readonly pauseMs?: number;
}

export type Outcome = { readonly state: 'done' } | { readonly state: 'refunded'; readonly reason: string };
