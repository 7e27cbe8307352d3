// Signals, queries, updates.
import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
  sleep,
} from '@temporalio/workflow';

const add = defineSignal<[number]>('add');
const finish = defineSignal('finish');
const total = defineQuery<number>('total');
const addNow = defineUpdate<number, [number]>('addNow');
const addSlowly = defineUpdate<number, [number]>('addSlowly');
const refuse = defineUpdate<void>('refuse');

/** A sum kept by signals and updates, read by a query, ended by `finish`. */
export async function counter(start = 0): Promise<number> {
  let sum = start;
  let finished = false;
  setHandler(add, (n) => void (sum += n));
  setHandler(finish, () => void (finished = true));
  setHandler(total, () => sum);
  setHandler(addNow, (n) => (sum += n), { validator: mustBePositive });
  setHandler(addSlowly, async (n) => {
    await sleep('1s');
    return (sum += n);
  });
  setHandler(refuse, async () => {
    throw ApplicationFailure.create({ message: 'refused', type: 'Refused', details: [1] });
  });
  await condition(() => finished);
  return sum;
}

function mustBePositive(n: number): void {
  if (n <= 0) throw ApplicationFailure.create({ message: 'must be positive', type: 'NotPositive' });
}
