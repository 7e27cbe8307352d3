// Requests at executions that exist, or do not.
import { long, uuid, seconds, payloads, text, start } from './values.mjs';

export function signals(world) {
  const { open, closed, namespace } = world;
  const signal = (label, change, options) => [
    'SignalWorkflowExecution',
    label,
    { namespace, workflowExecution: { workflowId: open.workflowId }, signalName: 's', requestId: 'x', ...change },
    options,
  ];
  const withStart = (label, change) => [
    'SignalWithStartWorkflowExecution',
    label,
    { ...start(world, { workflowId: `sws-${world.nonce}` }), signalName: 's', ...change },
  ];
  return [
    signal('no execution', { workflowExecution: null }),
    signal('no workflow id', { workflowExecution: { runId: uuid } }),
    signal('workflow id of 1001 characters', { workflowExecution: { workflowId: long } }),
    signal('run id that is no UUID', { workflowExecution: { workflowId: open.workflowId, runId: 'abc' } }),
    signal('unknown workflow', { workflowExecution: { workflowId: 'no-such-workflow' } }),
    signal('unknown run', { workflowExecution: { workflowId: open.workflowId, runId: uuid } }),
    signal('closed workflow', { workflowExecution: closed }),
    signal('closed workflow by id only', { workflowExecution: { workflowId: closed.workflowId } }),
    signal('no signal name', { signalName: '' }),
    signal('signal name of 1001 characters', { signalName: long }),
    signal('request id of 1001 characters', { requestId: long }),
    signal('no request id (allowed)', { requestId: '' }),
    signal('input of 2.1 MB', { input: payloads(2_200_000) }),
    signal('input of 5 MB', { input: payloads(5_000_000) }),
    withStart('no signal name', { signalName: '' }),
    withStart('signal name of 1001 characters', { signalName: long }),
    withStart('no workflow id', { workflowId: '' }),
    withStart('no workflow type', { workflowType: null }),
    withStart('no task queue', { taskQueue: null }),
    withStart('workflow id of 1001 characters', { workflowId: long }),
    withStart('request id of 1001 characters', { requestId: long }),
    withStart('unknown namespace', { namespace: 'no-such-namespace' }),
    withStart('reject duplicate on a closed one', { workflowId: closed.workflowId, workflowIdReusePolicy: 3 }),
    withStart('fail on conflict', { workflowId: open.workflowId, workflowIdConflictPolicy: 1 }),
    withStart('cron with start delay', { cronSchedule: '@every 1h', workflowStartDelay: seconds(1) }),
    withStart('signal input of 2.1 MB', { signalInput: payloads(2_200_000) }),
    withStart('unknown search attribute', { searchAttributes: { indexedFields: { NoSuchAttribute: text('a') } } }),
  ];
}

export function closing({ open, closed, victim, namespace }) {
  const targets = (name, change = {}) => [
    [name, 'no execution', { namespace, ...change }],
    [name, 'no workflow id', { namespace, workflowExecution: { runId: uuid }, ...change }],
    [name, 'workflow id of 1001 characters', { namespace, workflowExecution: { workflowId: long }, ...change }],
    [
      name,
      'run id that is no UUID',
      { namespace, workflowExecution: { workflowId: open.workflowId, runId: 'abc' }, ...change },
    ],
    [name, 'unknown workflow', { namespace, workflowExecution: { workflowId: 'no-such-workflow' }, ...change }],
    [name, 'unknown run', { namespace, workflowExecution: { workflowId: open.workflowId, runId: uuid }, ...change }],
    [name, 'closed run', { namespace, workflowExecution: closed, ...change }],
    [name, 'closed, by id only', { namespace, workflowExecution: { workflowId: closed.workflowId }, ...change }],
    [
      name,
      'another first run',
      { namespace, workflowExecution: { workflowId: open.workflowId }, firstExecutionRunId: uuid, ...change },
    ],
    [
      name,
      'first run that is no UUID',
      { namespace, workflowExecution: { workflowId: open.workflowId }, firstExecutionRunId: 'abc', ...change },
    ],
  ];
  return [
    ...targets('RequestCancelWorkflowExecution'),
    [
      'RequestCancelWorkflowExecution',
      'request id of 1001 characters',
      { namespace, workflowExecution: { workflowId: open.workflowId }, requestId: long },
    ],
    ...targets('TerminateWorkflowExecution'),
    [
      'TerminateWorkflowExecution',
      'details of 2.1 MB',
      { namespace, workflowExecution: victim, details: payloads(2_200_000) },
    ],
    ...targets('DeleteWorkflowExecution').slice(0, 6),
    ...targets('PauseWorkflowExecution').slice(0, 1),
    ['PauseWorkflowExecution', 'unknown workflow', { namespace, workflowId: 'no-such-workflow', requestId: 'x' }],
    ['UnpauseWorkflowExecution', 'not paused', { namespace, workflowId: open.workflowId, requestId: 'x' }],
    ['UpdateWorkflowExecutionOptions', 'no mask', { namespace, workflowExecution: { workflowId: open.workflowId } }],
    [
      'UpdateWorkflowExecutionOptions',
      'unknown path in the mask',
      {
        namespace,
        workflowExecution: { workflowId: open.workflowId },
        workflowExecutionOptions: {},
        updateMask: { paths: ['nonsense'] },
      },
    ],
  ];
}

export function queriesAndUpdates({ open, closed, namespace }) {
  const query = (label, change, options = { deadlineMs: 3000 }) => [
    'QueryWorkflow',
    label,
    { namespace, execution: { workflowId: open.workflowId }, query: { queryType: 'q' }, ...change },
    options,
  ];
  const update = (label, change) => [
    'UpdateWorkflowExecution',
    label,
    {
      namespace,
      workflowExecution: { workflowId: open.workflowId },
      request: { meta: { updateId: 'u', identity: 'probe' }, input: { name: 'u' } },
      waitPolicy: { lifecycleStage: 2 },
      ...change,
    },
    { deadlineMs: 3000 },
  ];
  const poll = (label, updateRef, change) => [
    'PollWorkflowExecutionUpdate',
    label,
    { namespace, updateRef, waitPolicy: { lifecycleStage: 3 }, ...change },
    { deadlineMs: 3000 },
  ];
  const target = { workflowId: open.workflowId };
  return [
    query('no execution', { execution: null }),
    query('no workflow id', { execution: { runId: uuid } }),
    query('run id that is no UUID', { execution: { ...target, runId: 'abc' } }),
    query('unknown workflow', { execution: { workflowId: 'no-such-workflow' } }),
    query('unknown run', { execution: { ...target, runId: uuid } }),
    query('no query', { query: null }),
    query('no query type', { query: { queryType: '' } }),
    query('query type of 1001 characters', { query: { queryType: long } }),
    query('reject when not open', { execution: closed, queryRejectCondition: 2 }),
    query('reject when not completed cleanly', { execution: closed, queryRejectCondition: 3 }),
    query('reject condition 77', { queryRejectCondition: 77 }),
    query('arguments of 2.1 MB', { query: { queryType: 'q', queryArgs: payloads(2_200_000) } }),
    query('first task not completed yet', {}),
    query('closed without a completed task', { execution: closed }),
    update('no request', { request: null }),
    update('no meta (an id is made)', { request: { input: { name: 'u' } } }),
    update('no input', { request: { meta: { updateId: 'u' } } }),
    update('no name', { request: { meta: { updateId: 'u' }, input: {} } }),
    update('update id of 1001 characters', { request: { meta: { updateId: long }, input: { name: 'u' } } }),
    update('name of 1001 characters', { request: { meta: { updateId: 'u2' }, input: { name: long } } }),
    update('no wait policy', { waitPolicy: null, workflowExecution: closed }),
    update('wait for stage unspecified on a closed one', {
      waitPolicy: { lifecycleStage: 0 },
      workflowExecution: closed,
    }),
    update('wait for the stage admitted', { waitPolicy: { lifecycleStage: 1 } }),
    update('unknown workflow', { workflowExecution: { workflowId: 'no-such-workflow' } }),
    update('no execution', { workflowExecution: null }),
    update('run id that is no UUID', { workflowExecution: { ...target, runId: 'abc' } }),
    update('unknown run', { workflowExecution: { ...target, runId: uuid } }),
    update('closed workflow', { workflowExecution: closed }),
    update('another first run', { firstExecutionRunId: uuid }),
    poll('no reference', null),
    poll('unknown update', { workflowExecution: target, updateId: 'none' }),
    poll('unknown update of a closed one', { workflowExecution: closed, updateId: 'none' }),
    poll('no update id', { workflowExecution: target }),
    poll('unknown workflow', { workflowExecution: { workflowId: 'no-such-workflow' }, updateId: 'u' }),
    poll('no wait policy', { workflowExecution: target, updateId: 'none' }, { waitPolicy: null }),
  ];
}

export function reads({ open, closed, namespace }) {
  const history = (label, change, name = 'GetWorkflowExecutionHistory') => [
    name,
    label,
    { namespace, execution: { workflowId: open.workflowId }, ...change },
    { deadlineMs: 3000 },
  ];
  const both = (label, change) => [
    history(label, change),
    history(label, change, 'GetWorkflowExecutionHistoryReverse'),
  ];
  const describe = (label, execution) => ['DescribeWorkflowExecution', label, { namespace, execution }];
  return [
    ...both('no execution', { execution: null }),
    ...both('no workflow id', { execution: { runId: uuid } }),
    ...both('workflow id of 1001 characters', { execution: { workflowId: long } }),
    ...both('run id that is no UUID', { execution: { workflowId: open.workflowId, runId: 'abc' } }),
    ...both('unknown workflow', { execution: { workflowId: 'no-such-workflow' } }),
    ...both('unknown run', { execution: { workflowId: open.workflowId, runId: uuid } }),
    ...both('negative page size', { execution: closed, maximumPageSize: -1 }),
    ...both('page size 100000', { execution: closed, maximumPageSize: 100_000 }),
    ...both('malformed page token', { execution: closed, nextPageToken: Buffer.from('garbage') }),
    history('wait for new events beyond the deadline', { waitNewEvent: true, historyEventFilterType: 2 }),
    describe('no execution', null),
    describe('no workflow id', { runId: uuid }),
    describe('workflow id of 1001 characters', { workflowId: long }),
    describe('run id that is no UUID', { workflowId: open.workflowId, runId: 'abc' }),
    describe('unknown workflow', { workflowId: 'no-such-workflow' }),
    describe('unknown run', { workflowId: open.workflowId, runId: uuid }),
  ];
}

export function resets({ open, closed, namespace }) {
  const one = (label, change) => [
    'ResetWorkflowExecution',
    label,
    { namespace, workflowExecution: open, reason: 'probe', requestId: 'x', workflowTaskFinishEventId: 4, ...change },
  ];
  return [
    one('no execution', { workflowExecution: null }),
    one('no workflow id', { workflowExecution: { runId: uuid } }),
    one('run id that is no UUID', { workflowExecution: { workflowId: open.workflowId, runId: 'abc' } }),
    one('unknown workflow', { workflowExecution: { workflowId: 'no-such-workflow' } }),
    one('no request id', { requestId: '', workflowTaskFinishEventId: 400 }),
    one('no event id', { workflowTaskFinishEventId: 0 }),
    one('event id 1', { workflowTaskFinishEventId: 1 }),
    one('event id beyond the history', { workflowTaskFinishEventId: 4000 }),
    one('an event that ends no task', { workflowTaskFinishEventId: 2 }),
    one('a run that completed no task', { workflowExecution: closed, workflowTaskFinishEventId: 3 }),
  ];
}
