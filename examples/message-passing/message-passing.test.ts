import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError, WorkflowUpdateStage } from 'perdure/client';
import { beside, example } from '../testing/example.js';
import * as activities from './activities.js';
import { calibrate, setDegrees, switchOff, thermostat, wanted } from './workflows.js';

example(
  'queries, signals and updates',
  { workflowsPath: beside(import.meta.url), activities },
  async ({ client, taskQueue, id }) => {
    const handle = await client.workflow.start(thermostat, { workflowId: id(), taskQueue, args: [18] });
    assert.equal(await handle.query(wanted), 18);
    assert.equal(await handle.executeUpdate(setDegrees, { args: [20] }), 18);
    await assert.rejects(handle.executeUpdate(setDegrees, { args: [99] }), (error: unknown) => {
      assert.ok(error instanceof WorkflowUpdateFailedError);
      assert.match(String(error.cause), /99 is not between 5 and 30/);
      return true;
    });
    const update = await handle.startUpdate(calibrate, {
      args: ['attic'],
      waitForStage: WorkflowUpdateStage.ACCEPTED,
    });
    assert.equal(await update.result(), 20);
    await handle.signal(switchOff, 'Ann');
    assert.equal(await handle.result(), 'switched off by Ann at 20 degrees');
    const { events } = await handle.fetchHistory();
    const accepted = (events ?? []).filter((event) => event.eventType === 41);
    assert.equal(accepted.length, 2, 'the refused update left no trace');
  },
);
