// Starting executions.
import { long, uuid, seconds, payloads, text, start } from './values.mjs';

export function starts(world) {
  const { namespace } = world;
  const one = (label, change, options) => ['StartWorkflowExecution', label, start(world, change), options];
  const open = { workflowId: world.open.workflowId };
  const closed = { workflowId: world.closed.workflowId };
  return [
    one('no workflow id', { workflowId: '' }),
    one('workflow id of 1000 characters (allowed)', {
      workflowId: world.nonce + 'x'.repeat(1000 - world.nonce.length),
    }),
    one('workflow id of 1001 characters', { workflowId: long }),
    one('workflow id of 600 two-byte characters', { workflowId: 'é'.repeat(600) }),
    one(
      'workflow id that is no UTF-8',
      {},
      { bytes: Buffer.from([0x0a, world.namespace.length, ...Buffer.from(world.namespace), 0x12, 2, 0xc3, 0x28]) },
    ),
    one('no workflow type', { workflowType: null }),
    one('empty workflow type', { workflowType: { name: '' } }),
    one('workflow type of 1001 characters', { workflowType: { name: long } }),
    one('no task queue', { taskQueue: null }),
    one('empty task queue', { taskQueue: { name: '' } }),
    one('task queue of 1001 characters', { taskQueue: { name: long } }),
    one('task queue with the reserved prefix', { taskQueue: { name: '/_sys/foo' } }),
    one('sticky task queue without normal name', {
      workflowId: `${world.nonce}-sticky`,
      taskQueue: { name: 'q', kind: 2 },
    }),
    one('no request id', { workflowId: `${world.nonce}-norequest`, requestId: '' }),
    one('request id of 1001 characters', { requestId: long }),
    one('identity of 1001 characters', { identity: long }),
    one('unknown namespace', { namespace: 'no-such-namespace' }),
    one('namespace of 1001 characters', { namespace: long }),
    one('unknown reuse policy', { workflowIdReusePolicy: 77 }),
    one('unknown conflict policy', { workflowIdConflictPolicy: 77 }),
    one('terminate-if-running with a conflict policy', { workflowIdReusePolicy: 4, workflowIdConflictPolicy: 1 }),
    one('reject-duplicate with terminate-existing', { workflowIdReusePolicy: 3, workflowIdConflictPolicy: 3 }),
    one('already started, another request', { ...open, requestId: 'other' }),
    one('already started, fail on conflict', { ...open, requestId: 'other', workflowIdConflictPolicy: 1 }),
    one('already started, reject duplicate', { ...open, requestId: 'other', workflowIdReusePolicy: 3 }),
    one('closed before, reject duplicate', { ...closed, requestId: 'other', workflowIdReusePolicy: 3 }),
    one('on-conflict options without the policy', {
      ...open,
      requestId: 'other',
      onConflictOptions: { attachRequestId: true },
    }),
    one('on-conflict links without request id', {
      ...open,
      requestId: 'other',
      workflowIdConflictPolicy: 2,
      onConflictOptions: { attachLinks: true },
    }),
    one('input of 2.1 MB', { input: payloads(2_200_000) }),
    one('input of 5 MB', { input: payloads(5_000_000) }),
    one('memo of 2.1 MB', { memo: { fields: { a: payloads(2_200_000).payloads[0] } } }),
    one('completion callback with a bad scheme', { completionCallbacks: [{ nexus: { url: 'ftp://x' } }] }),
    one('empty completion callback', { completionCallbacks: [{}] }),
    one('33 completion callbacks', {
      completionCallbacks: Array.from({ length: 33 }, () => ({ nexus: { url: 'http://localhost/x' } })),
    }),
    one('11 links', {
      links: Array.from({ length: 11 }, () => ({
        workflowEvent: { namespace, workflowId: 'a', runId: uuid, eventRef: { eventId: 1 } },
      })),
    }),
    one('empty link', { links: [{}] }),
    one('link without run id', { links: [{ workflowEvent: { namespace, workflowId: 'a' } }] }),
    one('summary of 401 bytes', { userMetadata: { summary: text('s'.repeat(401)) } }),
    one('details of 20001 bytes', { userMetadata: { details: text('s'.repeat(20001)) } }),
    one('negative priority key', { priority: { priorityKey: -1 } }),
    one('priority key 6', { workflowId: `${world.nonce}-prio`, priority: { priorityKey: 6 } }),
    one('fairness key of 65 bytes', { priority: { fairnessKey: 'k'.repeat(65) } }),
    one('negative fairness weight', { priority: { fairnessWeight: -1 } }),
    one('pinned override without version', { versioningOverride: { pinned: { behavior: 1 } } }),
  ];
}

export function startTimes(world) {
  const one = (label, change) => ['StartWorkflowExecution', label, start(world, change)];
  const retry = (label, retryPolicy) => one(`retry policy: ${label}`, { retryPolicy });
  return [
    one('negative execution timeout', { workflowExecutionTimeout: seconds(-1) }),
    one('negative run timeout', { workflowRunTimeout: seconds(-1) }),
    one('negative task timeout', { workflowTaskTimeout: seconds(-1) }),
    one('timeout with mixed signs', { workflowRunTimeout: { seconds: 1, nanos: -1 } }),
    one('timeout beyond the range', { workflowRunTimeout: seconds(315_576_000_001) }),
    one('negative start delay', { workflowStartDelay: seconds(-1) }),
    one('cron with start delay', { cronSchedule: '@every 1h', workflowStartDelay: seconds(1) }),
    one('cron that does not parse', { cronSchedule: 'nonsense' }),
    one('cron with six fields', { cronSchedule: '* * * * * *' }),
    one('cron with minute 60', { cronSchedule: '60 * * * *' }),
    one('cron @every 0s', { workflowId: `${world.nonce}-every0`, cronSchedule: '@every 0s' }),
    one('cron @every 500ms', { workflowId: `${world.nonce}-every500`, cronSchedule: '@every 500ms' }),
    one('cron with an unknown zone', { cronSchedule: 'CRON_TZ=Nowhere/None * * * * *' }),
    one('cron with eager start', {
      workflowId: `${world.nonce}-eager`,
      cronSchedule: '@every 1h',
      requestEagerExecution: true,
    }),
    retry('negative interval', { initialInterval: seconds(-1) }),
    retry('coefficient 0.5', { initialInterval: seconds(1), backoffCoefficient: 0.5 }),
    retry('maximum interval below the initial one', { initialInterval: seconds(5), maximumInterval: seconds(1) }),
    retry('negative maximum interval', { initialInterval: seconds(1), maximumInterval: seconds(-1) }),
    retry('negative attempts', { initialInterval: seconds(1), maximumAttempts: -1 }),
    retry('timeout type that does not exist', {
      initialInterval: seconds(1),
      nonRetryableErrorTypes: ['TemporalTimeout:nonsense'],
    }),
  ];
}

export function startAttributes(world) {
  const one = (label, indexedFields) => [
    'StartWorkflowExecution',
    label,
    start(world, { searchAttributes: { indexedFields } }),
  ];
  const typed = (type, value) => ({
    metadata: { encoding: Buffer.from('json/plain'), type: Buffer.from(type) },
    data: Buffer.from(JSON.stringify(value)),
  });
  return [
    one('unknown search attribute', { NoSuchAttribute: text('a') }),
    one('system search attribute', { WorkflowId: text('a') }),
    one('search attribute of the wrong type', { BuildIds: typed('Int', 5) }),
    one('search attribute that is no JSON', {
      TemporalChangeVersion: { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{') },
    }),
    one('search attribute with binary encoding', { TemporalChangeVersion: payloads(3).payloads[0] }),
    one('search attribute of 2049 bytes', { TemporalChangeVersion: text(['v'.repeat(2049)]) }),
    one('101 search attributes', Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`A${i}`, text('a')]))),
  ];
}

export function multiOperations(world) {
  const { namespace } = world;
  const startOp = { startWorkflow: start(world, { workflowId: `multi-${world.nonce}`, requestId: '' }) };
  const updateOp = {
    updateWorkflow: {
      namespace,
      workflowExecution: { workflowId: `multi-${world.nonce}` },
      request: { meta: { updateId: 'u' }, input: { name: 'u' } },
      waitPolicy: { lifecycleStage: 2 },
    },
  };
  const one = (label, operations, change) => [
    'ExecuteMultiOperation',
    label,
    { namespace, operations, ...change },
    { deadlineMs: 3000 },
  ];
  const changedStart = (change) => ({ startWorkflow: { ...startOp.startWorkflow, ...change } });
  const changedUpdate = (change) => ({ updateWorkflow: { ...updateOp.updateWorkflow, ...change } });
  return [
    one('no operations', []),
    one('only a start', [startOp]),
    one('update first', [updateOp, startOp]),
    one('two starts', [startOp, startOp]),
    one('three operations', [startOp, updateOp, updateOp]),
    one('empty operation', [startOp, {}]),
    one('different workflow ids', [startOp, changedUpdate({ workflowExecution: { workflowId: 'other' } })]),
    one('different namespaces', [startOp, changedUpdate({ namespace: 'other' })]),
    one('start without type', [changedStart({ workflowType: null }), updateOp]),
    one('start without id', [changedStart({ workflowId: '' }), updateOp]),
    one('update without name', [startOp, changedUpdate({ request: { meta: { updateId: 'u' }, input: {} } })]),
    one('update with a run id', [
      startOp,
      changedUpdate({ workflowExecution: { workflowId: `multi-${world.nonce}`, runId: uuid } }),
    ]),
    one('update with a first run id', [startOp, changedUpdate({ firstExecutionRunId: uuid })]),
    one('start with cron', [changedStart({ cronSchedule: '@every 1h' }), updateOp]),
    one('start with eager execution', [changedStart({ requestEagerExecution: true }), updateOp]),
    one('start with delay', [changedStart({ workflowStartDelay: seconds(10) }), updateOp]),
    one('fail on conflict', [
      changedStart({ workflowId: world.open.workflowId, workflowIdConflictPolicy: 1 }),
      changedUpdate({ workflowExecution: { workflowId: world.open.workflowId } }),
    ]),
    one('reject duplicate on a closed one', [
      changedStart({ workflowId: world.closed.workflowId, workflowIdReusePolicy: 3 }),
      changedUpdate({ workflowExecution: { workflowId: world.closed.workflowId } }),
    ]),
  ];
}
