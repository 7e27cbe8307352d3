import assert from 'node:assert/strict';
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from 'perdure/client';
import { beside, example } from '../testing/example.js';
import * as activities from './activities.js';
import { authorisation, payment } from './workflows.js';

example(
  'an answer in the middle of the work',
  { workflowsPath: beside(import.meta.url), activities },
  async ({ client, taskQueue, id }) => {
    const pay = async (account: string) => {
      const start = new WithStartWorkflowOperation(payment, {
        workflowId: id(account),
        taskQueue,
        args: [account, 500],
        workflowIdConflictPolicy: 'FAIL',
      });
      const code = client.workflow.executeUpdateWithStart(authorisation, { startWorkflowOperation: start });
      return { code: await code.catch((error: unknown) => error), handle: await start.workflowHandle() };
    };
    const good = await pay('ann');
    assert.equal(good.code, 'ann-500');
    assert.equal(await good.handle.result(), 'settled');
    const bad = await pay('empty');
    assert.ok(bad.code instanceof WorkflowUpdateFailedError);
    assert.equal(await bad.handle.result(), 'released');
  },
);
