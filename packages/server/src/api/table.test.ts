import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusCode, operatorService, workflowService } from '@perdure/protocol';
import { dispatch } from './dispatch.js';
import { OPERATOR_SERVICE, WORKFLOW_SERVICE } from './table.js';
import { UNIMPLEMENTED_OPERATOR_SERVICE, UNIMPLEMENTED_WORKFLOW_SERVICE } from './unimplemented.js';
import { apiContext } from './world.test.js';

test('every method has one row, and every row a method', () => {
  assert.deepEqual(Object.keys(WORKFLOW_SERVICE).sort(), Object.keys(workflowService).sort());
  assert.deepEqual(Object.keys(OPERATOR_SERVICE).sort(), Object.keys(operatorService).sort());
});

test('what is not built answers UNIMPLEMENTED with the text that clients know', () => {
  const unbuilt = [
    ...UNIMPLEMENTED_WORKFLOW_SERVICE.map((method) => workflowService[method]),
    ...UNIMPLEMENTED_OPERATOR_SERVICE.map((method) => operatorService[method]),
  ];
  for (const { path, method, service } of unbuilt) {
    const answer = dispatch(path, new Uint8Array(0), apiContext());
    assert.ok(answer.kind === 'error');
    assert.equal(answer.error.code, StatusCode.UNIMPLEMENTED);
    assert.equal(answer.error.message, `unknown method ${method} for service ${service}`);
  }
});

test('unknown methods and services are told apart', () => {
  const messageOf = (path: string): string => {
    const answer = dispatch(path, new Uint8Array(0), apiContext());
    assert.ok(answer.kind === 'error');
    return answer.error.message;
  };
  const { service } = workflowService.GetSystemInfo;
  assert.equal(messageOf(`/${service}/Nope`), `unknown method Nope for service ${service}`);
  assert.equal(messageOf('/nope.Service/Nope'), 'unknown service nope.Service');
});

test('a malformed message inside a field is refused like a malformed request', () => {
  const path = workflowService.StartWorkflowExecution.path;
  const request = workflowService.StartWorkflowExecution.request.encode({
    namespace: 'raw-n',
    workflowId: 'w',
    workflowType: { name: 't' },
    taskQueue: { name: 'q' },
    searchAttributes: Uint8Array.of(0xff, 0xff, 0xff),
  });
  const answer = dispatch(path, request, apiContext());
  assert.ok(answer.kind === 'error');
  assert.equal(answer.error.code, StatusCode.INTERNAL);
  assert.match(answer.error.message, /^grpc: error unmarshalling request: /);
});
