import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError } from 'perdure/client';
import { beside, example } from '../testing/example.js';
import * as activities from './activities.js';
import { cancelSeats, hall, reserve, startShow } from './workflows.js';

example(
  'handlers that wait do not step on each other',
  { workflowsPath: beside(import.meta.url), activities },
  async ({ client, taskQueue, id }) => {
    const args: Parameters<typeof hall> = [{ taken: {}, seats: 20, runLength: 3 }];
    await client.workflow.start(hall, { workflowId: id(), taskQueue, args });
    const handle = client.workflow.getHandle<typeof hall>(id());
    const customers = ['Ann', 'Bob', 'Cleo', 'Dan', 'Eve', 'Fred'];
    const seats = await Promise.all(
      customers.map((customer) => handle.executeUpdate(reserve, { args: [customer, 3], updateId: `for-${customer}` })),
    );
    assert.equal(new Set(seats.flat()).size, 18, 'no seat is sold twice');
    await assert.rejects(handle.executeUpdate(reserve, { args: ['Gus', 3] }), WorkflowUpdateFailedError);
    assert.equal(await handle.executeUpdate(cancelSeats, { args: ['Bob'] }), 3);
    assert.equal((await handle.executeUpdate(reserve, { args: ['Gus', 3] })).length, 3);
    await handle.signal(startShow);
    const taken = await handle.result();
    assert.deepEqual(new Set(Object.values(taken)), new Set(['Ann', 'Cleo', 'Dan', 'Eve', 'Fred', 'Gus']));
  },
);
