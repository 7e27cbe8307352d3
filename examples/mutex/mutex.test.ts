import assert from 'node:assert/strict';
import { beside, example } from '../testing/example.js';
import { makeActivities } from './activities.js';
import { liftCargo } from './workflows.js';

const uses: string[] = [];

example(
  'one crane, many who need it',
  ({ client }) => ({ workflowsPath: beside(import.meta.url), activities: makeActivities(client, uses) }),
  async ({ client, taskQueue, id }) => {
    uses.length = 0;
    const cargoes = ['coal', 'corn', 'cars', 'cows'];
    const lifted = await Promise.all(
      cargoes.map((cargo) =>
        client.workflow.execute(liftCargo, { workflowId: id(cargo), taskQueue, args: [id('crane'), cargo] }),
      ),
    );
    assert.equal(lifted[0], `coal lifted by ${id('crane')}`);
    assert.equal(uses.length, 8);
    for (let i = 0; i < uses.length; i += 2)
      assert.equal(uses[i + 1], uses[i]?.replace('begins', 'ends'), 'nobody begins before the one before has ended');
    await client.workflow.getHandle(id('crane')).terminate('the harbour closes');
  },
);
