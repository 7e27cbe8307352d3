// Handlers that wait must not step on each other: seats are assigned under a lock, and the run ends only when all are done.
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
  workflowInfo,
} from 'perdure/workflow';
import type * as activities from './activities.js';
import { Lock } from './lock.js';

const { chargeFor } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

export const reserve = defineUpdate<number[], [customer: string, seats: number]>('reserve');
export const cancelSeats = defineUpdate<number, [customer: string]>('cancelSeats');
export const startShow = defineSignal('startShow');

export interface Hall {
  /** Seat → customer. */
  readonly taken: Record<number, string>;
  readonly seats: number;
  /** Continue in a fresh run after so many reservations; for trying it out. */
  readonly runLength?: number;
}

export async function hall(state: Hall): Promise<Record<number, string>> {
  const taken = new Map(Object.entries(state.taken).map(([seat, customer]) => [Number(seat), customer]));
  const lock = new Lock();
  let handled = 0;
  let started = false;

  setHandler(
    reserve,
    (customer, count) =>
      lock.hold(async () => {
        const free = Array.from({ length: state.seats }, (_, i) => i + 1).filter((seat) => !taken.has(seat));
        if (free.length < count) throw ApplicationFailure.nonRetryable(`only ${free.length} seats are left`, 'SoldOut');
        const chosen = free.slice(0, count);
        // Without the lock another reservation would see the same seats as free while this one waits.
        await chargeFor(customer, count);
        for (const seat of chosen) taken.set(seat, customer);
        handled++;
        return chosen;
      }),
    {
      validator(_, count) {
        if (started) throw new Error('the show has begun');
        if (count < 1) throw new Error('reserve at least one seat');
      },
    },
  );
  setHandler(cancelSeats, (customer) =>
    lock.hold(async () => {
      const seats = [...taken].filter(([, owner]) => owner === customer).map(([seat]) => seat);
      for (const seat of seats) taken.delete(seat);
      return seats.length;
    }),
  );
  setHandler(startShow, () => void (started = true));

  const isLong = (): boolean =>
    workflowInfo().continueAsNewSuggested || (state.runLength !== undefined && handled >= state.runLength);
  await condition(() => (started || isLong()) && allHandlersFinished());
  if (!started) await continueAsNew<typeof hall>({ ...state, taken: Object.fromEntries(taken) });
  return Object.fromEntries(taken);
}
