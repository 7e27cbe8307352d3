// Corners of single fields that the other tables leave out.
import { long, seconds, uuid } from './values.mjs';

const wrong = 'not-a-uuid';

export function pollsAndWorkers({ namespace, queue, open, closed }) {
  const poll = (rpc, label, change, deadlineMs = 5_000) => [
    rpc,
    label,
    { namespace, taskQueue: { name: `${queue}-corner` }, identity: 'probe', ...change },
    { deadlineMs },
  ];
  const sticky = (label, change) => ['ResetStickyTaskQueue', label, { namespace, ...change }];
  const shutdown = (label, change) => ['ShutdownWorker', label, { namespace, identity: 'probe', ...change }];
  return [
    poll('PollActivityTaskQueue', 'identity of 1001 characters', { identity: long }),
    poll('PollActivityTaskQueue', 'reserved prefix', { taskQueue: { name: '/_sys/foo' } }),
    poll('PollActivityTaskQueue', 'sticky kind', { taskQueue: { name: `${queue}-sticky`, kind: 2 } }, 2_500),
    poll(
      'PollActivityTaskQueue',
      'rate that is no number',
      { taskQueueMetadata: { maxTasksPerSecond: { value: Number.NaN } } },
      2_500,
    ),
    poll('PollActivityTaskQueue', 'build id of 256 characters', {
      workerVersionCapabilities: { buildId: 'b'.repeat(256), useVersioning: true },
    }),
    poll('PollWorkflowTaskQueue', 'worker commands kind', { taskQueue: { name: `${queue}-corner`, kind: 3 } }, 2_500),
    poll('PollWorkflowTaskQueue', 'normal name of 1001 characters', {
      taskQueue: { name: `${queue}-sticky`, kind: 2, normalName: long },
    }),
    poll('PollWorkflowTaskQueue', 'normal name with the reserved prefix', {
      taskQueue: { name: `${queue}-sticky`, kind: 2, normalName: '/_sys/foo' },
    }),
    sticky('run id that is no UUID', { execution: { workflowId: open.workflowId, runId: wrong } }),
    sticky('unknown run', { execution: { workflowId: open.workflowId, runId: uuid } }),
    sticky('no workflow id', { execution: { runId: uuid } }),
    sticky('closed run', { execution: closed }),
    shutdown('identity of 1001 characters', { identity: long }),
    shutdown('sticky queue of 1001 characters', { stickyTaskQueue: long }),
    shutdown('sticky queue never used', { stickyTaskQueue: `${queue}-never`, reason: long }),
    shutdown('sticky queue with the reserved prefix', { stickyTaskQueue: '/_sys/foo' }),
    ['DescribeTaskQueue', 'type 77', { namespace, taskQueue: { name: queue }, taskQueueType: 77 }],
    ['DescribeTaskQueue', 'type of Nexus', { namespace, taskQueue: { name: queue }, taskQueueType: 3 }],
    ['DescribeTaskQueue', 'mode 77', { namespace, taskQueue: { name: queue }, apiMode: 77 }],
    ['DescribeTaskQueue', 'reserved prefix', { namespace, taskQueue: { name: '/_sys/foo' } }],
    ['DescribeTaskQueue', 'sticky kind', { namespace, taskQueue: { name: queue, kind: 2 } }],
    [
      'DescribeTaskQueue',
      'enhanced mode of a sticky queue',
      { namespace, taskQueue: { name: queue, kind: 2 }, apiMode: 1 },
    ],
    ['ListTaskQueuePartitions', 'reserved prefix', { namespace, taskQueue: { name: '/_sys/foo' } }],
    ['ListTaskQueuePartitions', 'name of 1001 characters', { namespace, taskQueue: { name: long } }],
    ['ListTaskQueuePartitions', 'empty name', { namespace, taskQueue: { name: '' } }],
  ];
}

export function executionsByReference({ namespace, open, closed, activity }) {
  const workflowExecution = { workflowId: open.workflowId };
  const byId = (rpc, label, change) => [
    rpc,
    label,
    { namespace, workflowId: activity.workflowId, activityId: 'pending', identity: 'probe', ...change },
  ];
  const poll = (label, updateRef) => [
    'PollWorkflowExecutionUpdate',
    label,
    { namespace, updateRef, waitPolicy: { lifecycleStage: 3 } },
  ];
  const update = (label, change, request) => [
    'UpdateWorkflowExecution',
    label,
    {
      namespace,
      workflowExecution: closed,
      request: { meta: { updateId: 'u' }, input: { name: 'n' }, ...request },
      waitPolicy: { lifecycleStage: 3 },
      ...change,
    },
  ];
  return [
    poll('no execution', { updateId: 'u' }),
    poll('run id that is no UUID', { workflowExecution: { ...workflowExecution, runId: wrong }, updateId: 'u' }),
    poll('update id of 1001 characters', { workflowExecution, updateId: long }),
    poll('unknown run', { workflowExecution: { ...workflowExecution, runId: uuid }, updateId: 'u' }),
    update('stage 77', { waitPolicy: { lifecycleStage: 77 } }),
    update('request id of 1001 characters', {}, { requestId: long }),
    update('identity of 1001 characters', {}, { meta: { updateId: 'u', identity: long } }),
    [
      'SignalWorkflowExecution',
      '11 links',
      { namespace, workflowExecution: closed, signalName: 's', links: links(11) },
    ],
    ['SignalWorkflowExecution', 'empty link', { namespace, workflowExecution: closed, signalName: 's', links: [{}] }],
    [
      'SignalWorkflowExecution',
      'identity of 1001 characters',
      { namespace, workflowExecution: closed, signalName: 's', identity: long },
    ],
    ['TerminateWorkflowExecution', '11 links', { namespace, workflowExecution: closed, links: links(11) }],
    [
      'TerminateWorkflowExecution',
      'reason of 5000 characters',
      { namespace, workflowExecution: closed, reason: 'r'.repeat(5000) },
    ],
    ['RequestCancelWorkflowExecution', '11 links', { namespace, workflowExecution: closed, links: links(11) }],
    [
      'RequestCancelWorkflowExecution',
      'identity of 1001 characters',
      { namespace, workflowExecution: closed, identity: long },
    ],
    byId('RecordActivityTaskHeartbeatById', 'activity id of 1001 characters', { activityId: long }),
    byId('RespondActivityTaskCompletedById', 'activity id of 1001 characters', { activityId: long }),
    byId('RespondActivityTaskFailedById', 'identity of 1001 characters', { identity: long }),
    byId('RespondActivityTaskFailedById', 'failure that is no application failure', {
      failure: { message: 'm', timeoutFailureInfo: {} },
    }),
    byId('RespondActivityTaskCanceledById', 'identity of 1001 characters', { identity: long }),
    byId('RespondActivityTaskCompletedById', 'workflow id of 1001 characters', { workflowId: long }),
    byId('RespondActivityTaskCompletedById', 'unknown run', { runId: uuid }),
  ];
}

const links = (count) =>
  Array.from({ length: count }, () => ({
    workflowEvent: { namespace: 'n', workflowId: 'w', runId: uuid, eventRef: { eventId: 1, eventType: 1 } },
  }));

export function listsAndAttributes({ namespace, nonce }) {
  const early = { seconds: 1 };
  const late = { seconds: 2 };
  const startTimeFilter = { earliestTime: early, latestTime: late };
  const lists = ['ListOpenWorkflowExecutions', 'ListClosedWorkflowExecutions'].flatMap((rpc) => [
    [rpc, 'negative page size', { namespace, maximumPageSize: -1, startTimeFilter }],
    [rpc, 'malformed page token', { namespace, nextPageToken: Buffer.from('garbage'), startTimeFilter }],
    [rpc, 'empty type filter', { namespace, startTimeFilter, typeFilter: {} }],
    [rpc, 'type with a quote', { namespace, startTimeFilter, typeFilter: { name: `it's "quoted" \\` } }],
    [rpc, 'id with a quote', { namespace, startTimeFilter, executionFilter: { workflowId: `it's "quoted" \\` } }],
  ]);
  const add = (label, searchAttributes) => ['AddSearchAttributes', label, { namespace, searchAttributes }];
  const keyword = `Corner${nonce}`;
  return [
    ...lists,
    [
      'ListOpenWorkflowExecutions',
      'latest before earliest',
      { namespace, startTimeFilter: { earliestTime: late, latestTime: early } },
    ],
    ['ListClosedWorkflowExecutions', 'status 77', { namespace, startTimeFilter, statusFilter: { status: 77 } }],
    ['ScanWorkflowExecutions', 'negative page size', { namespace, pageSize: -1 }],
    ['ScanWorkflowExecutions', 'malformed page token', { namespace, nextPageToken: Buffer.from('garbage') }],
    add('type 77', { [`${keyword}X`]: 77 }),
    add('a new one', { [keyword]: 2 }),
    add('the same again', { [keyword]: 2 }),
    add('the same with another type', { [keyword]: 3 }),
    ['RemoveSearchAttributes', 'one that is there', { namespace, searchAttributes: [keyword] }],
    ['RemoveSearchAttributes', 'empty name', { namespace, searchAttributes: [''] }],
    ['UpdateNamespace', 'description of 3000 characters', { namespace, updateInfo: { description: 'd'.repeat(3000) } }],
    [
      'UpdateNamespace',
      'active cluster that is not there',
      { namespace, replicationConfig: { activeClusterName: 'nowhere' } },
    ],
    [
      'UpdateNamespace',
      'retention without end',
      { namespace, config: { workflowExecutionRetentionTtl: seconds(315_576_000_000) } },
    ],
    ['ListNamespaces', 'page size 100000', { pageSize: 100_000 }],
  ];
}
