import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mockActivities } from './mock-activities.js';

const activities = {
  charge: async (amount: number): Promise<string> => `receipt for ${amount}`,
  ship: async (): Promise<void> => undefined,
  version: 3,
};

test('fakes do what they are given, and remember their calls', async () => {
  const fakes = mockActivities(activities);
  assert.deepEqual(Object.keys(fakes), ['charge', 'ship']);
  assert.equal(await fakes.charge(17), 'receipt for 17');
  assert.deepEqual(fakes.charge.calls, [{ args: [17], outcome: { kind: 'completed', result: 'receipt for 17' } }]);
  assert.equal(fakes.ship.calls.length, 0);
});

test('told otherwise: once, or from now on', async () => {
  const fakes = mockActivities<Pick<typeof activities, 'charge'>>({ charge: async () => 'at first' });
  fakes.charge.returns('later').throwsOnce('closed').returnsOnce('once');
  await assert.rejects(fakes.charge(1), { message: 'closed' });
  assert.equal(await fakes.charge(2), 'once');
  assert.equal(await fakes.charge(3), 'later');
  const refused = new TypeError('refused');
  fakes.charge.throws(refused);
  await assert.rejects(fakes.charge(4), refused);
  fakes.charge.does(async (amount) => String(amount));
  assert.equal(await fakes.charge(5), '5');
  assert.deepEqual(
    fakes.charge.calls.map(({ args, outcome }) => [args[0], outcome.kind]),
    [
      [1, 'failed'],
      [2, 'completed'],
      [3, 'completed'],
      [4, 'failed'],
      [5, 'completed'],
    ],
  );
});

test('a call that runs is pending, and a reset forgets it', async () => {
  let finish: (text: string) => void = () => undefined;
  const fakes = mockActivities({ wait: () => new Promise<string>((resolve) => (finish = resolve)) });
  const running = fakes.wait();
  assert.deepEqual(fakes.wait.calls[0]?.outcome, { kind: 'pending' });
  fakes.wait.returns('told');
  fakes.wait.reset();
  const again = fakes.wait();
  finish('done');
  assert.equal(await again, 'done');
  assert.equal(fakes.wait.calls.length, 1);
  void running;
});
