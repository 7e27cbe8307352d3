import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WorkflowTaskFailedCause as Cause } from '@perdure/protocol';
import type { RespondWorkflowTaskFailedRequest } from '@perdure/protocol';
import { decodeAttribute } from '../attributes/payloads.js';
import { ATTRIBUTE_TYPE } from '../visibility/attributes.js';
import { REPORTED_PROBLEMS } from './reported-problems.js';
import { TestRun } from './testing-run.test.js';

const PANIC = Cause.WORKFLOW_WORKER_UNHANDLED_FAILURE;

function fail(run: TestRun, cause: Cause = PANIC): void {
  run.startTask();
  const task = run.state.workflowTask;
  assert.ok(task);
  const request = { cause, failure: undefined, identity: 'worker' } as RespondWorkflowTaskFailedRequest;
  run.accepted({ kind: 'workflowTaskFailed', task, request });
}

function failTimes(run: TestRun, times: number): void {
  for (let i = 0; i < times; i += 1) fail(run);
}

function reported(run: TestRun): unknown {
  const payload = run.state.searchAttributes.get(REPORTED_PROBLEMS);
  if (payload === undefined) return undefined;
  const decoded = decodeAttribute(payload, ATTRIBUTE_TYPE.keywordList);
  assert.ok(decoded.ok);
  return decoded.value;
}

const FAILED = ['category=WorkflowTaskFailed', 'cause=WorkflowTaskFailedCauseWorkflowWorkerUnhandledFailure'];

describe('reported problems', () => {
  it('come with the fifth failure and go with the next completed task', () => {
    const run = new TestRun();
    failTimes(run, 4);
    assert.equal(reported(run), undefined);
    fail(run);
    assert.deepEqual(reported(run), FAILED);
    const list = run.state.searchAttributes;
    fail(run);
    assert.equal(run.state.searchAttributes, list, 'what is known already is not written again');
    run.task();
    assert.equal(reported(run), undefined);
    run.signal('more work');
    failTimes(run, 4);
    assert.equal(reported(run), undefined, 'the count begins anew');
  });

  it('name the failure that history tells of', () => {
    const run = new TestRun();
    run.startTask();
    run.pass(10_000);
    failTimes(run, 4);
    assert.deepEqual(reported(run), ['category=WorkflowTaskTimedOut', 'cause=WorkflowTaskTimedOutCauseStartToClose']);
    run.signal('begins a new streak in history');
    fail(run, Cause.NON_DETERMINISTIC_ERROR);
    assert.deepEqual(reported(run), [
      'category=WorkflowTaskFailed',
      'cause=WorkflowTaskFailedCauseNonDeterministicError',
    ]);
  });

  it('do not count the first failure of a sticky task', () => {
    const run = new TestRun();
    run.startTask();
    run.complete([], {
      stickyAttributes: {
        workerTaskQueue: { name: 'sticky', kind: 2, normalName: '' },
        scheduleToStartTimeout: 10_000,
      },
    });
    run.signal('work');
    failTimes(run, 5);
    assert.equal(reported(run), undefined);
    fail(run);
    assert.deepEqual(reported(run), FAILED);
  });

  it('come earlier, or never, as the limit says', () => {
    const early = new TestRun({}, { reportedProblemAttemptsMin: 1 });
    fail(early);
    assert.deepEqual(reported(early), FAILED);
    const never = new TestRun({}, { reportedProblemAttemptsMin: 0 });
    failTimes(never, 9);
    assert.equal(reported(never), undefined);
  });
});
