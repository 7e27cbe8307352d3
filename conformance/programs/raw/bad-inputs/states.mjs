// Requests that are well-formed and come at the wrong moment or with what belongs to another: namespaces that are on their way
// out, tokens of other tasks, page tokens of other runs.
import { long, payloads, start, uuid } from './values.mjs';

/** New runs are refused there; everything else goes on. */
export function deprecatedNamespace({ deprecated: namespace, old, nonce, queue }) {
  const world = { namespace, nonce, queue };
  const label = (what) => `in a deprecated namespace: ${what}`;
  const workflowExecution = old;
  const updateRequest = { meta: { updateId: 'u' }, input: { name: 'none' } };
  return [
    ['StartWorkflowExecution', label('a new run'), start(world, {})],
    ['StartWorkflowExecution', label('no workflow id'), start(world, { workflowId: '' })],
    ['SignalWithStartWorkflowExecution', label('a new run'), start(world, { signalName: 's' })],
    [
      'SignalWithStartWorkflowExecution',
      label('a known run'),
      start(world, { workflowId: old.workflowId, signalName: 's' }),
    ],
    [
      'ExecuteMultiOperation',
      label('a new run'),
      {
        namespace,
        operations: [
          { startWorkflow: start(world, { workflowId: 'm' }) },
          { updateWorkflow: { namespace, workflowExecution: { workflowId: 'm' }, request: updateRequest } },
        ],
      },
    ],
    [
      'SignalWorkflowExecution',
      label('a known run'),
      { namespace, workflowExecution, signalName: 's', requestId: 'r' },
    ],
    ['RequestCancelWorkflowExecution', label('a known run'), { namespace, workflowExecution, requestId: 'r' }],
    ['DescribeWorkflowExecution', label('a known run'), { namespace, execution: old }],
    ['GetWorkflowExecutionHistory', label('a known run'), { namespace, execution: old }],
    ['ListWorkflowExecutions', label('a list'), { namespace }],
    ['CountWorkflowExecutions', label('a count'), { namespace }],
    ['DescribeTaskQueue', label('a queue'), { namespace, taskQueue: { name: queue } }],
    ['UpdateTaskQueueConfig', label('a queue'), { namespace, taskQueue: queue, taskQueueType: 2 }],
    ['PollActivityTaskQueue', label('a poll'), { namespace, taskQueue: { name: queue } }, { deadlineMs: 2_500 }],
    ['PollWorkflowTaskQueue', label('a poll'), { namespace, taskQueue: { name: queue } }, { deadlineMs: 2_500 }],
    ['AddSearchAttributes', label('an attribute'), { namespace, searchAttributes: {} }],
    ['ListSearchAttributes', label('the list'), { namespace }],
    ['DescribeNamespace', label('itself'), { namespace }],
    ['UpdateNamespace', label('itself'), { namespace, updateInfo: { description: 'old' } }],
    ['RegisterNamespace', label('the name again'), { namespace, workflowExecutionRetentionPeriod: { seconds: 86400 } }],
    ['DeprecateNamespace', label('itself again'), { namespace }],
    ['TerminateWorkflowExecution', label('a known run'), { namespace, workflowExecution }],
    ['DeleteWorkflowExecution', label('a known run'), { namespace, workflowExecution }],
  ];
}

/** A workflow task's token where an activity's belongs, and the other way round. */
export function foreignTokens({ namespace, staleToken, staleActivityToken }) {
  const ofWorkflow = { namespace, taskToken: staleToken, identity: 'probe' };
  const ofActivity = { namespace, taskToken: staleActivityToken, identity: 'probe' };
  return [
    ['RecordActivityTaskHeartbeat', 'token of a workflow task', ofWorkflow],
    ['RespondActivityTaskCompleted', 'token of a workflow task', ofWorkflow],
    ['RespondActivityTaskFailed', 'token of a workflow task', ofWorkflow],
    ['RespondActivityTaskCanceled', 'token of a workflow task', ofWorkflow],
    ['RespondWorkflowTaskCompleted', 'token of an activity', ofActivity],
    ['RespondWorkflowTaskFailed', 'token of an activity', ofActivity],
    ['RespondQueryTaskCompleted', 'token of an activity', ofActivity],
    ['RespondQueryTaskCompleted', 'token of a workflow task', ofWorkflow],
    [
      'RespondActivityTaskCompleted',
      'result of 2.1 MB of a task that is over',
      { ...ofActivity, result: payloads(2.1e6) },
    ],
    [
      'RespondActivityTaskFailed',
      'heartbeat of 2.1 MB of a task that is over',
      { ...ofActivity, lastHeartbeatDetails: payloads(2.1e6) },
    ],
    [
      'RecordActivityTaskHeartbeat',
      'details of 2.1 MB of a task that is over',
      { ...ofActivity, details: payloads(2.1e6) },
    ],
    [
      'RespondActivityTaskCanceled',
      'details of 2.1 MB of a task that is over',
      { ...ofActivity, details: payloads(2.1e6) },
    ],
    ['RespondActivityTaskFailed', 'no failure', { ...ofActivity, failure: undefined }],
    ['RespondWorkflowTaskFailed', 'identity of 1001 characters', { ...ofWorkflow, identity: long }],
    ['RespondWorkflowTaskFailed', 'failure of 2.1 MB', { ...ofWorkflow, failure: { message: 'x'.repeat(2.1e6) } }],
  ];
}

/** The token of the activity run's second page, elsewhere. */
export function foreignPages({ namespace, activity, open, pageToken }) {
  const execution = { workflowId: activity.workflowId, runId: activity.runId };
  const at = (label, change, rpc = 'GetWorkflowExecutionHistory') => [
    rpc,
    label,
    { namespace, execution, nextPageToken: pageToken, ...change },
  ];
  return [
    at('page token of this run', {}),
    at('page token of this run, by id only', { execution: { workflowId: activity.workflowId } }),
    at('page token of another run', { execution: open }),
    at('page token of another run, by id only', { execution: { workflowId: open.workflowId } }),
    at('page token with an unknown run', { execution: { ...execution, runId: uuid } }),
    at('page token and only the close event', { historyEventFilterType: 2 }),
    at('page token of a history that goes forward', {}, 'GetWorkflowExecutionHistoryReverse'),
    at('page token cut in the middle', { nextPageToken: pageToken.subarray(0, 10) }),
    at('filter 77', { nextPageToken: undefined, historyEventFilterType: 77 }),
    at('only the close event of an open run', { nextPageToken: undefined, historyEventFilterType: 2 }),
  ];
}

/** Whole outside, broken inside: a payload that is no message, a key that is no text, an encoded memo cut in the middle. */
export function brokenInside({ namespace, open }) {
  const field = (id, content) => Buffer.concat([Buffer.from([id * 8 + 2, content.length]), content]);
  const text = (id, value) => field(id, Buffer.from(value));
  const noMessage = Buffer.from([0xff, 0xff]);
  const signal = (label, ...more) => [
    'SignalWorkflowExecution',
    `broken inside: ${label}`,
    {},
    { bytes: Buffer.concat([text(1, namespace), field(2, text(1, open.workflowId)), text(3, 's'), ...more]) },
  ];
  const start = (label, ...more) => [
    'StartWorkflowExecution',
    `broken inside: ${label}`,
    {},
    {
      bytes: Buffer.concat([
        text(1, namespace),
        text(2, 'broken'),
        field(3, text(1, 't')),
        field(4, text(1, 'q')),
        ...more,
      ]),
    },
  ];
  return [
    signal('a payload', field(4, field(1, noMessage))),
    signal('the key of a payload', field(4, field(1, field(1, field(1, noMessage))))),
    signal('the data of a payload, which may be anything', field(4, field(1, field(2, noMessage)))),
    signal('a value of the header', field(8, field(1, Buffer.concat([text(1, 'k'), field(2, noMessage)])))),
    start('the memo', field(14, noMessage)),
    start('a value of the memo', field(14, field(1, Buffer.concat([text(1, 'k'), field(2, noMessage)])))),
    start('a value of the search attributes', field(15, field(1, Buffer.concat([text(1, 'k'), field(2, noMessage)])))),
    start('the retry policy', field(12, noMessage)),
  ];
}
