// An order: items arrive as signals; each costs an activity and a short timer; a long timer spans the whole.
import { condition, defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

const { price } = proxyActivities({
  startToCloseTimeout: '3s',
  retry: { initialInterval: '50ms', maximumInterval: '1s' },
});

export const addItem = defineSignal('addItem');
export const close = defineSignal('close');

/** Ends when it was closed and every item is priced; its result is `{ items, total }`, items in the order they came. */
export async function order(longTimerMs) {
  const items = [];
  let isClosed = false;
  let priced = 0;
  let total = 0;
  setHandler(addItem, (item) => void items.push(item));
  setHandler(close, () => void (isClosed = true));
  const longTimer = sleep(longTimerMs);
  for (;;) {
    await condition(() => priced < items.length || isClosed);
    if (priced === items.length) break;
    const item = items[priced++];
    total += await price(item);
    await sleep(10 + (item % 40));
  }
  await longTimer;
  return { items, total };
}
