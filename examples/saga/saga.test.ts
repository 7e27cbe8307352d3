import assert from 'node:assert/strict';
import { WorkflowFailedError } from 'perdure/client';
import { beside, example } from '../testing/example.js';
import { makeActivities } from './activities.js';
import { bookTrip } from './workflows.js';

const workflowsPath = beside(import.meta.url);
const good: string[] = [];
const bad: string[] = [];

example('a trip is booked', { workflowsPath, activities: makeActivities(good) }, async ({ client, taskQueue, id }) => {
  good.length = 0;
  const trip = await client.workflow.execute(bookTrip, { workflowId: id(), taskQueue, args: ['Ann'] });
  assert.equal(trip, 'flight for Ann, hotel for Ann, car for Ann');
  assert.deepEqual(good, ['flight booked', 'hotel booked', 'car booked']);
});

example(
  'what was booked is cancelled in reverse order',
  { workflowsPath, activities: makeActivities(bad, 'car') },
  async ({ client, taskQueue, id }) => {
    bad.length = 0;
    const trip = client.workflow.execute(bookTrip, { workflowId: id(), taskQueue, args: ['Ann'] });
    await assert.rejects(trip, (error: unknown) => {
      assert.ok(error instanceof WorkflowFailedError);
      assert.match(String(error.cause), /No trip for Ann/);
      return true;
    });
    assert.deepEqual(bad, ['flight booked', 'hotel booked', 'car cancelled', 'hotel cancelled', 'flight cancelled']);
  },
);
