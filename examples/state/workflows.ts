// State is a variable: a Map in a workflow outlives every process it was ever held in.
import { CancellationScope, defineQuery, defineSignal, isCancellation, setHandler } from 'perdure/workflow';

export const put = defineSignal<[item: string, count: number]>('put');
export const take = defineSignal<[item: string, count: number]>('take');
export const stock = defineQuery<number, [item: string]>('stock');

/** A warehouse until it is cancelled; answers with what was left. */
export async function warehouse(): Promise<Record<string, number>> {
  const items = new Map<string, number>();
  const move = (item: string, count: number): void => void items.set(item, (items.get(item) ?? 0) + count);
  setHandler(put, move);
  setHandler(take, (item, count) => move(item, -count));
  setHandler(stock, (item) => items.get(item) ?? 0);
  try {
    await CancellationScope.current().cancelRequested;
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
  return Object.fromEntries(items);
}
