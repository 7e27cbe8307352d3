import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, WorkflowTaskFailedCause as Cause } from '@perdure/protocol';
import { isRejection } from '../rejection.js';
import { TestRun } from './testing-run.test.js';

test('a message body that cannot be read fails the task, not the run', () => {
  const run = new TestRun();
  run.startTask();
  const body = { typeUrl: 'type.googleapis.com/temporal.api.update.v1.Acceptance', value: new Uint8Array([0xff]) };
  const result = run.complete([], { messages: [{ id: 'm', protocolInstanceId: 'u', eventId: 0, body }] });
  assert.ok(!isRejection(result));
  assert.match(result.rejection?.message ?? '', /^BadUpdateWorkflowExecutionMessage: message m cannot be read/);
  const failed = run.history.find((event) => event.eventType === EventType.WORKFLOW_TASK_FAILED);
  assert.ok(failed?.eventType === EventType.WORKFLOW_TASK_FAILED);
  assert.equal(failed.attributes.cause, Cause.BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE);
});
