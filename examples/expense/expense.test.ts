import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { beside, example } from '../testing/example.js';
import { makeActivities } from './activities.js';
import { openDesk } from './desk.js';
import type { Desk } from './desk.js';
import { expense } from './workflows.js';

let desk: Desk;

example(
  'a person decides',
  ({ client }) => {
    desk = openDesk(client);
    return { workflowsPath: beside(import.meta.url), activities: makeActivities(desk) };
  },
  async ({ client, taskQueue, id, isRealTime, pass }) => {
    await once(desk.server.listen(0, '127.0.0.1'), 'listening');
    const { port } = desk.server.address() as AddressInfo;
    const claim = (name: string, decideWithin: number) =>
      client.workflow.start(expense, { workflowId: id(name), taskQueue, args: [id(name), 4_200, decideWithin] });
    const decide = async (name: string, decision: string) => {
      while (!desk.waiting.has(id(name))) await setTimeout(10);
      const { status } = await fetch(`http://127.0.0.1:${port}/${id(name)}/${decision}`, { method: 'POST' });
      assert.equal(status, 200);
    };
    const week = 7 * 86_400_000;
    const trip = await claim('trip', week);
    await decide('trip', 'approved');
    assert.equal(await trip.result(), `4200 cents paid for ${id('trip')}`);
    const yacht = await claim('yacht', week);
    await decide('yacht', 'rejected');
    assert.equal(await yacht.result(), 'rejected');
    const forgotten = await claim('forgotten', isRealTime ? 50 : week);
    // An activity that somebody is at work on holds the clock; so it is moved, once it is at work.
    while (!desk.waiting.has(id('forgotten'))) await setTimeout(10);
    if (!isRealTime) await pass(week + 1_000);
    assert.equal(await forgotten.result(), 'nobody decided');
    desk.server.close();
    desk.server.closeAllConnections();
  },
);
