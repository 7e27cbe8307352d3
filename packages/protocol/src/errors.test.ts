import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  StatusCode,
  encodeStatus,
  multiOperationAborted,
  multiOperationFailed,
  namespaceNotFound,
  rpcError,
  unpackAny,
  workflowExecutionAlreadyStarted,
} from './errors.js';
import {
  MultiOperationExecutionAborted,
  MultiOperationExecutionFailure,
  NamespaceNotFoundFailure,
  Status,
  WorkflowExecutionAlreadyStartedFailure,
} from './generated/messages.js';

test('an error travels as google.rpc.Status with its detail first', () => {
  const error = workflowExecutionAlreadyStarted('already running', { runId: 'r', startRequestId: 'q' });
  const status = Status.decode(encodeStatus(error));
  assert.equal(status.code, StatusCode.ALREADY_EXISTS);
  assert.equal(status.message, 'already running');
  const [detail] = status.details;
  assert.equal(
    detail?.typeUrl,
    'type.googleapis.com/temporal.api.errordetails.v1.WorkflowExecutionAlreadyStartedFailure',
  );
  assert.equal(unpackAny(WorkflowExecutionAlreadyStartedFailure, detail)?.runId, 'r');
  assert.equal(unpackAny(NamespaceNotFoundFailure, detail), undefined);
});

test('a multi-operation failure holds one status per operation', () => {
  const error = multiOperationFailed(StatusCode.NOT_FOUND, 'failed', [
    multiOperationAborted('a'),
    namespaceNotFound('n'),
  ]);
  const failure = unpackAny(MultiOperationExecutionFailure, error.details[0]!);
  assert.deepEqual(
    failure?.statuses.map((status) => status.code),
    [StatusCode.ABORTED, StatusCode.NOT_FOUND],
  );
  const aborted = failure.statuses[0]!.details[0]!;
  assert.deepEqual(unpackAny(MultiOperationExecutionAborted, aborted), {});
});

test('long messages are cut', () => {
  assert.equal(rpcError(StatusCode.INTERNAL, 'x'.repeat(5000)).message.length, 4000);
});
