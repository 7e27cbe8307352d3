import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MultiOperationExecutionFailure,
  QueryFailedFailure,
  ResourceExhaustedCause,
  ResourceExhaustedFailure,
  StatusCode,
  WorkflowExecutionAlreadyStartedFailure,
  unpackAny,
} from '@perdure/protocol';
import type { MessageType, RpcError } from '@perdure/protocol';
import { reject } from '../core/rejection.js';
import type { RejectionCode } from '../core/rejection.js';
import { toRpcError } from './errors.js';

function detail<T>(error: RpcError, type: MessageType<T>): T {
  const [first] = error.details;
  const unpacked = first === undefined ? undefined : unpackAny(type, first);
  assert.ok(unpacked !== undefined, `no ${type.name}`);
  return unpacked;
}

test('who may try again is told so, who may not is told otherwise', () => {
  const retryable: ReadonlySet<number> = new Set([
    StatusCode.RESOURCE_EXHAUSTED,
    StatusCode.UNAVAILABLE,
    StatusCode.ABORTED,
  ]);
  const busy: RejectionCode[] = ['WORKFLOW_BUSY', 'UPDATE_LIMIT_IN_FLIGHT', 'CONCURRENT_LIMIT', 'UNAVAILABLE'];
  for (const code of busy) assert.ok(retryable.has(toRpcError(reject(code, 'm')).code), code);
  const permanent: RejectionCode[] = [
    'INVALID_ARGUMENT',
    'WORKFLOW_NOT_FOUND',
    'UPDATE_LIMIT_TOTAL',
    'WORKFLOW_QUARANTINED',
    'LIMIT_EXCEEDED',
  ];
  for (const code of permanent) assert.ok(!retryable.has(toRpcError(reject(code, 'm')).code), code);
  assert.equal(
    detail(toRpcError(reject('WORKFLOW_BUSY', 'm')), ResourceExhaustedFailure).cause,
    ResourceExhaustedCause.BUSY_WORKFLOW,
  );
});

test('details carry the facts', () => {
  const started = reject('WORKFLOW_ALREADY_STARTED', 'm', {
    kind: 'alreadyStarted',
    startRequestId: 's',
    runId: 'r',
    firstRunId: 'f',
  });
  assert.deepEqual(detail(toRpcError(started), WorkflowExecutionAlreadyStartedFailure), {
    startRequestId: 's',
    runId: 'r',
    firstExecutionRunId: 'f',
  });
  const failed = reject('QUERY_FAILED', 'm', { kind: 'queryFailed', failure: Uint8Array.of(10, 0) });
  assert.equal(detail(toRpcError(failed), QueryFailedFailure).failure?.length, 2);
  assert.equal(toRpcError(failed).code, StatusCode.INVALID_ARGUMENT);
});

test('a multi-operation has the code of the operation at fault', () => {
  const aborted = reject('MULTI_OPERATION_ABORTED', 'Operation was aborted.');
  const closed = reject('WORKFLOW_CLOSED', 'closed');
  const error = toRpcError(
    reject('MULTI_OPERATION_FAILED', 'm', { kind: 'multiOperation', statuses: [aborted, closed] }),
  );
  assert.equal(error.code, StatusCode.NOT_FOUND);
  const { statuses } = detail(error, MultiOperationExecutionFailure);
  assert.deepEqual(
    statuses.map(({ code, message }) => [code, message]),
    [
      [10, 'Operation was aborted.'],
      [5, 'closed'],
    ],
  );
});
