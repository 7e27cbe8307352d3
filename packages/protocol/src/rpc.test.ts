import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workflowService } from './generated/messages.js';
import type { RequestOf } from './rpc.js';
import { allRpcs, rpcByPath } from './rpc.js';

test('RPCs are found by path', () => {
  const rpc = rpcByPath('/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution');
  assert.equal(rpc, workflowService.StartWorkflowExecution);
  assert.equal(rpc?.request.name, 'temporal.api.workflowservice.v1.StartWorkflowExecutionRequest');
  assert.equal(rpcByPath('/temporal.api.workflowservice.v1.WorkflowService/toString'), undefined);
  assert.equal(allRpcs().length, 143);
});

test('the rows know their message types', () => {
  const request: Partial<RequestOf<typeof workflowService.StartWorkflowExecution>> = { workflowId: 'w' };
  assert.equal(request.workflowId, 'w');
});

test('long polls and streams are marked', () => {
  const names = allRpcs()
    .filter((rpc) => rpc.isLongPoll)
    .map((rpc) => rpc.method)
    .sort();
  assert.deepEqual(names, [
    'DescribeActivityExecution',
    'DescribeNexusOperationExecution',
    'GetWorkflowExecutionHistory',
    'PollActivityExecution',
    'PollActivityTaskQueue',
    'PollNexusOperationExecution',
    'PollNexusTaskQueue',
    'PollWorkflowExecutionTimeSkipping',
    'PollWorkflowExecutionUpdate',
    'PollWorkflowTaskQueue',
  ]);
  assert.deepEqual(
    allRpcs()
      .filter((rpc) => rpc.isServerStream)
      .map((rpc) => rpc.method),
    ['Watch'],
  );
});
