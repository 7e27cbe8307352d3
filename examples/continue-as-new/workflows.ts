import { condition, continueAsNew, defineQuery, defineSignal, setHandler, workflowInfo } from 'perdure/workflow';

export const addEntry = defineSignal<[cents: number]>('addEntry');
export const closeLedger = defineSignal('closeLedger');
export const balance = defineQuery<number>('balance');

export interface Ledger {
  readonly cents: number;
  readonly entries: number;
  readonly runs: number;
  /** Entries in a run, for trying it out; the server suggests when a history gets long. */
  readonly runLength?: number;
}

/** Never ends by itself: a fresh run with a short history takes over before the old one gets long. */
export async function ledger(state: Ledger): Promise<Ledger> {
  let { cents, entries } = state;
  let isClosed = false;
  setHandler(addEntry, (amount) => {
    cents += amount;
    entries++;
  });
  setHandler(closeLedger, () => void (isClosed = true));
  setHandler(balance, () => cents);
  const isLong = (): boolean =>
    workflowInfo().continueAsNewSuggested || entries - state.entries >= (state.runLength ?? Infinity);
  await condition(() => isClosed || isLong());
  if (isClosed) return { ...state, cents, entries };
  return continueAsNew<typeof ledger>({ ...state, cents, entries, runs: state.runs + 1 });
}
