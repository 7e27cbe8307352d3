// Wrong, missing, oversized and malformed fields for every RPC: a table of [RPC, what is wrong, request].
// The answers (status code, error detail) must be the reference's; its texts are recorded for information.
import { rpcNames } from '../../wire/client.mjs';

const long = 'x'.repeat(1001);
const uuid = '00000000-0000-4000-8000-000000000000';
const seconds = (n) => ({ seconds: n });
const payloads = (size) => ({ payloads: [{ metadata: { encoding: Buffer.from('binary/plain') }, data: Buffer.alloc(size, 1) }] });
const text = (value) => ({ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(value)) });

/** All cases. `world` names executions, queues and tokens made by `prepare`. */
export function badInputs(world) {
  return [
    ...everyRpc(world),
    ...namespaces(world),
    ...starts(world),
    ...startTimes(world),
    ...startAttributes(world),
    ...signals(world),
    ...closing(world),
    ...queriesAndUpdates(world),
    ...multiOperations(world),
    ...reads(world),
    ...visibility(world),
    ...workflowTasks(world),
    ...activityTasks(world),
    ...activityOperations(world),
    ...taskQueues(world),
    ...resets(world),
    ...operator(world),
  ];
}

function everyRpc({ namespace }) {
  const noRequestNeeded = new Set(['GetSystemInfo', 'GetClusterInfo', 'ListNamespaces', 'ListClusters', 'ListNexusEndpoints', 'GetSearchAttributes', 'DeprecateNamespace']);
  // An empty one of these ends the reference's process.
  const fatal = new Set(['AddOrUpdateRemoteCluster', 'RemoveRemoteCluster']);
  const takesEffect = new Set(['DeleteNamespace', 'UpdateNamespace']);
  const names = rpcNames.filter((name) => !noRequestNeeded.has(name) && !fatal.has(name));
  return names.flatMap((name) => [
    [name, 'empty request', {}],
    [name, 'unknown namespace', { namespace: 'no-such-namespace' }],
    ...(takesEffect.has(name) ? [] : [[name, 'only the namespace', { namespace }]]),
    [name, 'malformed bytes', {}, { bytes: Buffer.from([0xff, 0xff, 0xff]) }],
  ]);
}

function namespaces({ nonce, namespace }) {
  const name = `bad-${nonce}`;
  const days = (n) => seconds(n * 86400);
  return [
    ['DescribeNamespace', 'neither name nor id', {}],
    ['DescribeNamespace', 'unknown name', { namespace: 'no-such-namespace' }],
    ['DescribeNamespace', 'unknown id', { id: uuid }],
    ['DescribeNamespace', 'id that is no UUID', { id: 'abc' }],
    ['DescribeNamespace', 'name of 1001 characters', { namespace: long }],
    ['RegisterNamespace', 'no retention', { namespace: name }],
    ['RegisterNamespace', 'retention 0', { namespace: name, workflowExecutionRetentionPeriod: {} }],
    ['RegisterNamespace', 'retention 1 s', { namespace: name, workflowExecutionRetentionPeriod: seconds(1) }],
    ['RegisterNamespace', 'retention 59 min', { namespace: name, workflowExecutionRetentionPeriod: seconds(3540) }],
    ['RegisterNamespace', 'negative retention', { namespace: name, workflowExecutionRetentionPeriod: seconds(-5) }],
    ['RegisterNamespace', 'retention with odd nanos', { namespace: name, workflowExecutionRetentionPeriod: { seconds: 86400, nanos: 2_000_000_000 } }],
    ['RegisterNamespace', 'no name', { workflowExecutionRetentionPeriod: days(1) }],
    ['RegisterNamespace', 'name of 1001 characters', { namespace: long, workflowExecutionRetentionPeriod: days(1) }],
    ['RegisterNamespace', 'existing name', { namespace, workflowExecutionRetentionPeriod: days(1) }],
    ['RegisterNamespace', 'name of the system', { namespace: 'temporal-system', workflowExecutionRetentionPeriod: days(1) }],
    ['RegisterNamespace', 'name with a space', { namespace: `bad ${nonce}`, workflowExecutionRetentionPeriod: days(1) }],
    ['RegisterNamespace', 'name with a slash', { namespace: `bad/${nonce}`, workflowExecutionRetentionPeriod: days(1) }],
    ['RegisterNamespace', 'global', { namespace: `${name}-g`, isGlobalNamespace: true, workflowExecutionRetentionPeriod: days(1) }],
    ['RegisterNamespace', 'unknown cluster', { namespace: `${name}-c`, activeClusterName: 'nowhere', workflowExecutionRetentionPeriod: days(1) }],
    ['RegisterNamespace', 'archival with a bad URI', { namespace: `${name}-a`, historyArchivalState: 2, historyArchivalUri: 'nonsense', workflowExecutionRetentionPeriod: days(1) }],
    ['RegisterNamespace', 'description of 3000 characters', { namespace: `${name}-d`, description: 'd'.repeat(3000), workflowExecutionRetentionPeriod: days(1) }],
    ['UpdateNamespace', 'unknown name', { namespace: 'no-such-namespace' }],
    ['UpdateNamespace', 'no name', {}],
    ['UpdateNamespace', 'retention 1 s', { namespace, config: { workflowExecutionRetentionTtl: seconds(1) } }],
    ['UpdateNamespace', 'negative retention', { namespace, config: { workflowExecutionRetentionTtl: seconds(-1) } }],
    ['UpdateNamespace', 'delete a bad binary that is not there', { namespace, deleteBadBinary: 'none' }],
    ['UpdateNamespace', 'promote', { namespace, promoteNamespace: true }],
    ['UpdateNamespace', 'alias for no search attribute', { namespace, config: { customSearchAttributeAliases: { Keyword99: 'nothing' } } }],
    ['DeprecateNamespace', 'unknown name', { namespace: 'no-such-namespace' }],
    ['DeprecateNamespace', 'no name', {}],
    ['ListNamespaces', 'malformed page token', { nextPageToken: Buffer.from('garbage'), pageSize: 10 }],
    ['ListNamespaces', 'negative page size', { pageSize: -1 }],
    ['DeleteNamespace', 'unknown name', { namespace: 'no-such-namespace' }],
    ['DeleteNamespace', 'neither name nor id', {}],
    ['DeleteNamespace', 'both name and id', { namespace, namespaceId: uuid }],
    ['DeleteNamespace', 'the system namespace', { namespace: 'temporal-system' }],
  ];
}

let made = 0; // every start has ids of its own, else the request id would make it a repetition
const start = ({ nonce, queue, namespace }, change) => ({
  namespace, workflowId: `bad-start-${nonce}-${++made}`, workflowType: { name: 'none' }, taskQueue: { name: queue }, requestId: `r-${nonce}-${made}`, identity: 'probe', ...change,
});

function starts(world) {
  const { namespace } = world;
  const one = (label, change, options) => ['StartWorkflowExecution', label, start(world, change), options];
  const open = { workflowId: world.open.workflowId };
  const closed = { workflowId: world.closed.workflowId };
  return [
    one('no workflow id', { workflowId: '' }),
    one('workflow id of 1000 characters (allowed)', { workflowId: world.nonce + 'x'.repeat(1000 - world.nonce.length) }),
    one('workflow id of 1001 characters', { workflowId: long }),
    one('workflow id of 600 two-byte characters', { workflowId: 'é'.repeat(600) }),
    one('workflow id that is no UTF-8', {}, { bytes: Buffer.from([0x0a, world.namespace.length, ...Buffer.from(world.namespace), 0x12, 2, 0xc3, 0x28]) }),
    one('no workflow type', { workflowType: null }),
    one('empty workflow type', { workflowType: { name: '' } }),
    one('workflow type of 1001 characters', { workflowType: { name: long } }),
    one('no task queue', { taskQueue: null }),
    one('empty task queue', { taskQueue: { name: '' } }),
    one('task queue of 1001 characters', { taskQueue: { name: long } }),
    one('task queue with the reserved prefix', { taskQueue: { name: '/_sys/foo' } }),
    one('sticky task queue without normal name', { workflowId: `${world.nonce}-sticky`, taskQueue: { name: 'q', kind: 2 } }),
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
    one('on-conflict options without the policy', { ...open, requestId: 'other', onConflictOptions: { attachRequestId: true } }),
    one('on-conflict links without request id', { ...open, requestId: 'other', workflowIdConflictPolicy: 2, onConflictOptions: { attachLinks: true } }),
    one('input of 2.1 MB', { input: payloads(2_200_000) }),
    one('input of 5 MB', { input: payloads(5_000_000) }),
    one('memo of 2.1 MB', { memo: { fields: { a: payloads(2_200_000).payloads[0] } } }),
    one('completion callback with a bad scheme', { completionCallbacks: [{ nexus: { url: 'ftp://x' } }] }),
    one('empty completion callback', { completionCallbacks: [{}] }),
    one('33 completion callbacks', { completionCallbacks: Array.from({ length: 33 }, () => ({ nexus: { url: 'http://localhost/x' } })) }),
    one('11 links', { links: Array.from({ length: 11 }, () => ({ workflowEvent: { namespace, workflowId: 'a', runId: uuid, eventRef: { eventId: 1 } } })) }),
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

function startTimes(world) {
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
    one('cron with eager start', { workflowId: `${world.nonce}-eager`, cronSchedule: '@every 1h', requestEagerExecution: true }),
    retry('negative interval', { initialInterval: seconds(-1) }),
    retry('coefficient 0.5', { initialInterval: seconds(1), backoffCoefficient: 0.5 }),
    retry('maximum interval below the initial one', { initialInterval: seconds(5), maximumInterval: seconds(1) }),
    retry('negative maximum interval', { initialInterval: seconds(1), maximumInterval: seconds(-1) }),
    retry('negative attempts', { initialInterval: seconds(1), maximumAttempts: -1 }),
    retry('timeout type that does not exist', { initialInterval: seconds(1), nonRetryableErrorTypes: ['TemporalTimeout:nonsense'] }),
  ];
}

function startAttributes(world) {
  const one = (label, indexedFields) => ['StartWorkflowExecution', label, start(world, { searchAttributes: { indexedFields } })];
  const typed = (type, value) => ({ metadata: { encoding: Buffer.from('json/plain'), type: Buffer.from(type) }, data: Buffer.from(JSON.stringify(value)) });
  return [
    one('unknown search attribute', { NoSuchAttribute: text('a') }),
    one('system search attribute', { WorkflowId: text('a') }),
    one('search attribute of the wrong type', { BuildIds: typed('Int', 5) }),
    one('search attribute that is no JSON', { TemporalChangeVersion: { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{') } }),
    one('search attribute with binary encoding', { TemporalChangeVersion: payloads(3).payloads[0] }),
    one('search attribute of 2049 bytes', { TemporalChangeVersion: text(['v'.repeat(2049)]) }),
    one('101 search attributes', Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`A${i}`, text('a')]))),
  ];
}

function signals(world) {
  const { open, closed, namespace } = world;
  const signal = (label, change, options) => ['SignalWorkflowExecution', label, { namespace, workflowExecution: { workflowId: open.workflowId }, signalName: 's', requestId: 'x', ...change }, options];
  const withStart = (label, change) => ['SignalWithStartWorkflowExecution', label, { ...start(world, { workflowId: `sws-${world.nonce}` }), signalName: 's', ...change }];
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

function closing({ open, closed, victim, namespace }) {
  const targets = (name, change = {}) => [
    [name, 'no execution', { namespace, ...change }],
    [name, 'no workflow id', { namespace, workflowExecution: { runId: uuid }, ...change }],
    [name, 'workflow id of 1001 characters', { namespace, workflowExecution: { workflowId: long }, ...change }],
    [name, 'run id that is no UUID', { namespace, workflowExecution: { workflowId: open.workflowId, runId: 'abc' }, ...change }],
    [name, 'unknown workflow', { namespace, workflowExecution: { workflowId: 'no-such-workflow' }, ...change }],
    [name, 'unknown run', { namespace, workflowExecution: { workflowId: open.workflowId, runId: uuid }, ...change }],
    [name, 'closed run', { namespace, workflowExecution: closed, ...change }],
    [name, 'closed, by id only', { namespace, workflowExecution: { workflowId: closed.workflowId }, ...change }],
    [name, 'another first run', { namespace, workflowExecution: { workflowId: open.workflowId }, firstExecutionRunId: uuid, ...change }],
    [name, 'first run that is no UUID', { namespace, workflowExecution: { workflowId: open.workflowId }, firstExecutionRunId: 'abc', ...change }],
  ];
  return [
    ...targets('RequestCancelWorkflowExecution'),
    ['RequestCancelWorkflowExecution', 'request id of 1001 characters', { namespace, workflowExecution: { workflowId: open.workflowId }, requestId: long }],
    ...targets('TerminateWorkflowExecution'),
    ['TerminateWorkflowExecution', 'details of 2.1 MB', { namespace, workflowExecution: victim, details: payloads(2_200_000) }],
    ...targets('DeleteWorkflowExecution').slice(0, 6),
    ...targets('PauseWorkflowExecution').slice(0, 1),
    ['PauseWorkflowExecution', 'unknown workflow', { namespace, workflowId: 'no-such-workflow', requestId: 'x' }],
    ['UnpauseWorkflowExecution', 'not paused', { namespace, workflowId: open.workflowId, requestId: 'x' }],
    ['UpdateWorkflowExecutionOptions', 'no mask', { namespace, workflowExecution: { workflowId: open.workflowId } }],
    ['UpdateWorkflowExecutionOptions', 'unknown path in the mask', { namespace, workflowExecution: { workflowId: open.workflowId }, workflowExecutionOptions: {}, updateMask: { paths: ['nonsense'] } }],
  ];
}

function queriesAndUpdates({ open, closed, namespace }) {
  const query = (label, change, options = { deadlineMs: 3000 }) => ['QueryWorkflow', label, { namespace, execution: { workflowId: open.workflowId }, query: { queryType: 'q' }, ...change }, options];
  const update = (label, change) => ['UpdateWorkflowExecution', label, {
    namespace, workflowExecution: { workflowId: open.workflowId },
    request: { meta: { updateId: 'u', identity: 'probe' }, input: { name: 'u' } }, waitPolicy: { lifecycleStage: 2 }, ...change,
  }, { deadlineMs: 3000 }];
  const poll = (label, updateRef, change) => ['PollWorkflowExecutionUpdate', label, { namespace, updateRef, waitPolicy: { lifecycleStage: 3 }, ...change }, { deadlineMs: 3000 }];
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
    update('wait for stage unspecified on a closed one', { waitPolicy: { lifecycleStage: 0 }, workflowExecution: closed }),
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

function multiOperations(world) {
  const { namespace } = world;
  const startOp = { startWorkflow: start(world, { workflowId: `multi-${world.nonce}`, requestId: '' }) };
  const updateOp = { updateWorkflow: { namespace, workflowExecution: { workflowId: `multi-${world.nonce}` }, request: { meta: { updateId: 'u' }, input: { name: 'u' } }, waitPolicy: { lifecycleStage: 2 } } };
  const one = (label, operations, change) => ['ExecuteMultiOperation', label, { namespace, operations, ...change }, { deadlineMs: 3000 }];
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
    one('update with a run id', [startOp, changedUpdate({ workflowExecution: { workflowId: `multi-${world.nonce}`, runId: uuid } })]),
    one('update with a first run id', [startOp, changedUpdate({ firstExecutionRunId: uuid })]),
    one('start with cron', [changedStart({ cronSchedule: '@every 1h' }), updateOp]),
    one('start with eager execution', [changedStart({ requestEagerExecution: true }), updateOp]),
    one('start with delay', [changedStart({ workflowStartDelay: seconds(10) }), updateOp]),
    one('fail on conflict', [changedStart({ workflowId: world.open.workflowId, workflowIdConflictPolicy: 1 }), changedUpdate({ workflowExecution: { workflowId: world.open.workflowId } })]),
    one('reject duplicate on a closed one', [changedStart({ workflowId: world.closed.workflowId, workflowIdReusePolicy: 3 }), changedUpdate({ workflowExecution: { workflowId: world.closed.workflowId } })]),
  ];
}

function reads({ open, closed, namespace }) {
  const history = (label, change, name = 'GetWorkflowExecutionHistory') => [name, label, { namespace, execution: { workflowId: open.workflowId }, ...change }, { deadlineMs: 3000 }];
  const both = (label, change) => [history(label, change), history(label, change, 'GetWorkflowExecutionHistoryReverse')];
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

function visibility({ namespace }) {
  const list = (label, query, change = {}) => ['ListWorkflowExecutions', label, { namespace, query, ...change }];
  const count = (label, query) => ['CountWorkflowExecutions', label, { namespace, query }];
  const filters = [
    ['does not parse', 'nonsense'], ['unclosed quote', "WorkflowId = 'a"], ['unknown attribute', "Foo = 'a'"], ['number for a keyword', 'WorkflowId = 5'],
    ['text for an integer', "HistoryLength = 'abc'"], ['text for a time', "StartTime > 'yesterday'"], ['unknown status', "ExecutionStatus = 'Sleeping'"], ['LIKE', "WorkflowId LIKE 'a%'"],
    ['ORDER BY unknown', 'ORDER BY Foo'], ['ORDER BY a keyword', 'ORDER BY WorkflowId'], ['ORDER BY StartTime', 'ORDER BY StartTime DESC'], ['GROUP BY status', 'GROUP BY ExecutionStatus'],
    ['GROUP BY type', 'GROUP BY WorkflowType'], ['GROUP BY unknown', 'GROUP BY Foo'], ['two GROUP BY', 'GROUP BY ExecutionStatus, WorkflowType'], ['LIMIT', "WorkflowId = 'a' LIMIT 1"],
    ['function', "WorkflowId = UPPER('a')"], ['arithmetic', 'HistoryLength = 1 + 1'], ['subquery', 'WorkflowId IN (SELECT 1)'], ['STARTS_WITH on a number', 'HistoryLength STARTS_WITH 1'],
    ['STARTS_WITH', "WorkflowId STARTS_WITH 'zzzz'"], ['BETWEEN', 'HistoryLength BETWEEN 900000 AND 900001'], ['IS NULL', "CloseTime IS NULL AND WorkflowId = 'none'"], ['IN with one', "WorkflowId IN ('none')"],
    ['empty IN', 'WorkflowId IN ()'], ['bare column', 'WorkflowId'], ['comparison of two columns', 'WorkflowId = RunId'], ['double quotes', 'WorkflowId = "none"'], ['lower case and', "WorkflowId = 'none' and RunId = 'x'"],
    ['NOT', "NOT WorkflowId = 'none'  AND RunId = 'x'"], ['missing parenthesis', "(WorkflowId = 'a'"], ['semicolon', "WorkflowId = 'none'; DROP TABLE x"], ['query of 20000 characters', `WorkflowId = '${'a'.repeat(20_000)}'`],
    ['TemporalNamespaceDivision', "TemporalNamespaceDivision = 'none'"], ['duration', "ExecutionDuration > '900h'"], ['bad duration', "ExecutionDuration > 'long'"], ['NOT BETWEEN', "HistoryLength NOT BETWEEN 0 AND 9000000 AND WorkflowId = 'none'"],
  ];
  return [
    ...filters.map(([label, query]) => list(label, query)),
    ...filters.map(([label, query]) => count(label, query)),
    list('negative page size', '', { pageSize: -1 }),
    list('page size 100000', "WorkflowId = 'none'", { pageSize: 100_000 }),
    list('malformed page token', '', { nextPageToken: Buffer.from('garbage') }),
    ['ScanWorkflowExecutions', 'does not parse', { namespace, query: 'nonsense' }],
    ['ListArchivedWorkflowExecutions', 'archival is off', { namespace, pageSize: 10 }],
    ['ListOpenWorkflowExecutions', 'no start time filter', { namespace, maximumPageSize: 10 }],
    ['ListClosedWorkflowExecutions', 'no start time filter', { namespace, maximumPageSize: 10 }],
    ['ListClosedWorkflowExecutions', 'latest before earliest', { namespace, startTimeFilter: { earliestTime: { seconds: 100 }, latestTime: { seconds: 50 } } }],
    ['ListOpenWorkflowExecutions', 'empty execution filter', { namespace, startTimeFilter: { earliestTime: { seconds: 1 }, latestTime: { seconds: 50 } }, executionFilter: {} }],
    ['ListClosedWorkflowExecutions', 'empty status filter', { namespace, startTimeFilter: { earliestTime: { seconds: 1 }, latestTime: { seconds: 50 } }, statusFilter: {} }],
  ];
}

function workflowTasks({ token, staleToken, queue, namespace }) {
  const completed = (label, change) => ['RespondWorkflowTaskCompleted', label, { namespace, taskToken: token, identity: 'probe', ...change }];
  const command = (label, commandType, attributes) => completed(`command: ${label}`, { taskToken: staleToken, commands: [{ commandType, ...attributes }] });
  return [
    ['PollWorkflowTaskQueue', 'no task queue', { namespace }, { deadlineMs: 5000 }],
    ['PollWorkflowTaskQueue', 'empty task queue', { namespace, taskQueue: { name: '' } }, { deadlineMs: 5000 }],
    ['PollWorkflowTaskQueue', 'task queue of 1001 characters', { namespace, taskQueue: { name: long } }, { deadlineMs: 5000 }],
    ['PollWorkflowTaskQueue', 'deadline below two seconds', { namespace, taskQueue: { name: queue } }, { deadlineMs: 1500 }],
    ['PollWorkflowTaskQueue', 'identity of 1001 characters', { namespace, taskQueue: { name: queue }, identity: long }, { deadlineMs: 5000 }],
    ['PollWorkflowTaskQueue', 'build id of 256 characters', { namespace, taskQueue: { name: queue }, workerVersionCapabilities: { buildId: 'b'.repeat(256), useVersioning: true } }, { deadlineMs: 5000 }],
    ['PollWorkflowTaskQueue', 'sticky without normal name', { namespace, taskQueue: { name: `${queue}-sticky`, kind: 2 } }, { deadlineMs: 5000 }],
    ['PollWorkflowTaskQueue', 'reserved prefix', { namespace, taskQueue: { name: '/_sys/foo' } }, { deadlineMs: 5000 }],
    completed('no token', { taskToken: Buffer.alloc(0) }),
    completed('garbage token', { taskToken: Buffer.from('garbage') }),
    completed('identity of 1001 characters', { identity: long }),
    completed('token of another namespace', { namespace: 'no-such-namespace' }),
    completed('task of an attempt that is over', { taskToken: staleToken }),
    command('unspecified type', 0, {}),
    ['RespondWorkflowTaskFailed', 'no token', { namespace }],
    ['RespondWorkflowTaskFailed', 'garbage token', { namespace, taskToken: Buffer.from('garbage') }],
    ['RespondWorkflowTaskFailed', 'task of an attempt that is over', { namespace, taskToken: staleToken }],
    ['RespondWorkflowTaskFailed', 'cause 77', { namespace, taskToken: staleToken, cause: 77 }],
    ['RespondQueryTaskCompleted', 'no token', { namespace }],
    ['RespondQueryTaskCompleted', 'garbage token', { namespace, taskToken: Buffer.from('garbage') }],
    ['ResetStickyTaskQueue', 'unknown workflow', { namespace, execution: { workflowId: 'no-such-workflow' } }],
    ['ResetStickyTaskQueue', 'no execution', { namespace }],
  ];
}

function activityTasks({ open, closed, activity, queue, staleActivityToken, namespace }) {
  const byToken = (name, change = {}) => [
    [name, 'no token', { namespace, ...change }],
    [name, 'garbage token', { namespace, taskToken: Buffer.from('garbage'), ...change }],
    [name, 'task that is over', { namespace, taskToken: staleActivityToken, ...change }],
    [name, 'identity of 1001 characters', { namespace, taskToken: staleActivityToken, identity: long, ...change }],
  ];
  const byId = (name) => [
    [name, 'no workflow id', { namespace, activityId: 'a' }],
    [name, 'no activity id', { namespace, workflowId: open.workflowId }],
    [name, 'run id that is no UUID', { namespace, workflowId: open.workflowId, runId: 'abc', activityId: 'a' }],
    [name, 'unknown workflow', { namespace, workflowId: 'no-such-workflow', activityId: 'a' }],
    [name, 'unknown activity', { namespace, workflowId: open.workflowId, activityId: 'no-such-activity' }],
    [name, 'closed workflow', { namespace, workflowId: closed.workflowId, activityId: 'a' }],
    [name, 'activity that is not started', { namespace, workflowId: activity.workflowId, activityId: activity.pendingId }],
  ];
  return [
    ['PollActivityTaskQueue', 'no task queue', { namespace }, { deadlineMs: 5000 }],
    ['PollActivityTaskQueue', 'empty task queue', { namespace, taskQueue: { name: '' } }, { deadlineMs: 5000 }],
    ['PollActivityTaskQueue', 'task queue of 1001 characters', { namespace, taskQueue: { name: long } }, { deadlineMs: 5000 }],
    ['PollActivityTaskQueue', 'deadline below two seconds', { namespace, taskQueue: { name: queue } }, { deadlineMs: 1500 }],
    ['PollActivityTaskQueue', 'negative rate', { namespace, taskQueue: { name: `${queue}-rate` }, taskQueueMetadata: { maxTasksPerSecond: { value: -1 } } }, { deadlineMs: 5000 }],
    ...['RespondActivityTaskCompleted', 'RespondActivityTaskFailed', 'RespondActivityTaskCanceled', 'RecordActivityTaskHeartbeat'].flatMap((name) => byToken(name)),
    ...['RespondActivityTaskCompletedById', 'RespondActivityTaskFailedById', 'RespondActivityTaskCanceledById', 'RecordActivityTaskHeartbeatById'].flatMap((name) => byId(name)),
    ['RespondActivityTaskFailed', 'failure that is no application failure', { namespace, taskToken: staleActivityToken, failure: { message: 'x', timeoutFailureInfo: { timeoutType: 1 } } }],
  ];
}

function activityOperations({ open, closed, activity, namespace }) {
  return ['PauseActivity', 'UnpauseActivity', 'ResetActivity', 'UpdateActivityOptions'].flatMap((name) => [
    [name, 'no execution', { namespace, id: 'a' }],
    [name, 'neither id nor type', { namespace, execution: { workflowId: open.workflowId } }],
    [name, 'unknown workflow', { namespace, execution: { workflowId: 'no-such-workflow' }, id: 'a' }],
    [name, 'unknown activity', { namespace, execution: { workflowId: activity.workflowId }, id: 'no-such-activity' }],
    [name, 'closed workflow', { namespace, execution: closed, id: 'a' }],
    [name, 'unknown type', { namespace, execution: { workflowId: activity.workflowId }, type: 'no-such-type' }],
  ]);
}

function taskQueues({ queue, namespace }) {
  return [
    ['DescribeTaskQueue', 'no task queue', { namespace }],
    ['DescribeTaskQueue', 'empty name', { namespace, taskQueue: { name: '' } }],
    ['DescribeTaskQueue', 'name of 1001 characters', { namespace, taskQueue: { name: long } }],
    ['DescribeTaskQueue', 'unspecified type', { namespace, taskQueue: { name: `${queue}-new` } }],
    ['DescribeTaskQueue', 'a queue never used', { namespace, taskQueue: { name: `${queue}-new` }, taskQueueType: 2, reportStats: true }],
    ['DescribeTaskQueue', 'enhanced mode without types', { namespace, taskQueue: { name: `${queue}-new` }, apiMode: 1 }],
    ['ListTaskQueuePartitions', 'no task queue', { namespace }],
    ['ListTaskQueuePartitions', 'a queue never used', { namespace, taskQueue: { name: `${queue}-new` } }],
    ['UpdateTaskQueueConfig', 'no queue', { namespace }],
    ['UpdateTaskQueueConfig', 'negative rate', { namespace, taskQueue: `${queue}-new`, taskQueueType: 2, updateQueueRateLimit: { rateLimit: { requestsPerSecond: -1 } } }],
    ['ShutdownWorker', 'no sticky queue', { namespace, identity: 'probe' }],
    ['RecordWorkerHeartbeat', 'no heartbeat', { namespace }],
    ['DescribeWorker', 'unknown key', { namespace, workerInstanceKey: 'none' }],
  ];
}

function resets({ open, closed, namespace }) {
  const one = (label, change) => ['ResetWorkflowExecution', label, { namespace, workflowExecution: open, reason: 'probe', requestId: 'x', workflowTaskFinishEventId: 4, ...change }];
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

function operator({ nonce, namespace }) {
  return [
    ['AddSearchAttributes', 'no attributes', { namespace }],
    ['AddSearchAttributes', 'unspecified type', { namespace, searchAttributes: { [`A${nonce}`]: 0 } }],
    ['AddSearchAttributes', 'system name', { namespace, searchAttributes: { WorkflowId: 2 } }],
    ['AddSearchAttributes', 'empty name', { namespace, searchAttributes: { '': 2 } }],
    ['AddSearchAttributes', 'name with a space', { namespace, searchAttributes: { [`A ${nonce}`]: 2 } }],
    ['AddSearchAttributes', 'reserved prefix', { namespace, searchAttributes: { TemporalFoo: 2 } }],
    ['RemoveSearchAttributes', 'no attributes', { namespace }],
    ['RemoveSearchAttributes', 'unknown', { namespace, searchAttributes: ['NoSuchAttribute'] }],
    ['RemoveSearchAttributes', 'system attribute', { namespace, searchAttributes: ['WorkflowId'] }],
    ['ListSearchAttributes', 'unknown namespace', { namespace: 'no-such-namespace' }],
    ['CreateNexusEndpoint', 'no spec', {}],
    ['CreateNexusEndpoint', 'no target', { spec: { name: `e-${nonce}` } }],
    ['CreateNexusEndpoint', 'bad name', { spec: { name: 'a b', target: { worker: { namespace, taskQueue: 'q' } } } }],
    ['CreateNexusEndpoint', 'unknown namespace', { spec: { name: `e-${nonce}`, target: { worker: { namespace: 'no-such-namespace', taskQueue: 'q' } } } }],
    ['GetNexusEndpoint', 'unknown id', { id: uuid }],
    ['GetNexusEndpoint', 'id that is no UUID', { id: 'abc' }],
    ['DeleteNexusEndpoint', 'unknown id', { id: uuid, version: 1 }],
    ['UpdateNexusEndpoint', 'unknown id', { id: uuid, version: 1, spec: { name: 'e', target: { worker: { namespace, taskQueue: 'q' } } } }],
    ['ListNexusEndpoints', 'negative page size', { pageSize: -1 }],
    ['GetSearchAttributes', 'empty request', {}],
  ];
}
