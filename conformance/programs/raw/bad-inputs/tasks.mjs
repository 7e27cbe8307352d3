// What workers send, and what is asked about queues and activities.
import { long, seconds } from './values.mjs';

export function workflowTasks({ token, staleToken, queue, namespace }) {
  const completed = (label, change) => [
    'RespondWorkflowTaskCompleted',
    label,
    { namespace, taskToken: token, identity: 'probe', ...change },
  ];
  const command = (label, commandType, attributes) =>
    completed(`command: ${label}`, { taskToken: staleToken, commands: [{ commandType, ...attributes }] });
  return [
    ['PollWorkflowTaskQueue', 'no task queue', { namespace }, { deadlineMs: 5000 }],
    ['PollWorkflowTaskQueue', 'empty task queue', { namespace, taskQueue: { name: '' } }, { deadlineMs: 5000 }],
    [
      'PollWorkflowTaskQueue',
      'task queue of 1001 characters',
      { namespace, taskQueue: { name: long } },
      { deadlineMs: 5000 },
    ],
    [
      'PollWorkflowTaskQueue',
      'deadline below two seconds',
      { namespace, taskQueue: { name: queue } },
      { deadlineMs: 1500 },
    ],
    [
      'PollWorkflowTaskQueue',
      'identity of 1001 characters',
      { namespace, taskQueue: { name: queue }, identity: long },
      { deadlineMs: 5000 },
    ],
    [
      'PollWorkflowTaskQueue',
      'build id of 256 characters',
      {
        namespace,
        taskQueue: { name: queue },
        workerVersionCapabilities: { buildId: 'b'.repeat(256), useVersioning: true },
      },
      { deadlineMs: 5000 },
    ],
    [
      'PollWorkflowTaskQueue',
      'sticky without normal name',
      { namespace, taskQueue: { name: `${queue}-sticky`, kind: 2 } },
      { deadlineMs: 5000 },
    ],
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

export function activityTasks({ open, closed, activity, queue, staleActivityToken, namespace }) {
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
    [
      name,
      'activity that is not started',
      { namespace, workflowId: activity.workflowId, activityId: activity.pendingId },
    ],
  ];
  return [
    ['PollActivityTaskQueue', 'no task queue', { namespace }, { deadlineMs: 5000 }],
    ['PollActivityTaskQueue', 'empty task queue', { namespace, taskQueue: { name: '' } }, { deadlineMs: 5000 }],
    [
      'PollActivityTaskQueue',
      'task queue of 1001 characters',
      { namespace, taskQueue: { name: long } },
      { deadlineMs: 5000 },
    ],
    [
      'PollActivityTaskQueue',
      'deadline below two seconds',
      { namespace, taskQueue: { name: queue } },
      { deadlineMs: 1500 },
    ],
    [
      'PollActivityTaskQueue',
      'negative rate',
      { namespace, taskQueue: { name: `${queue}-rate` }, taskQueueMetadata: { maxTasksPerSecond: { value: -1 } } },
      { deadlineMs: 5000 },
    ],
    ...[
      'RespondActivityTaskCompleted',
      'RespondActivityTaskFailed',
      'RespondActivityTaskCanceled',
      'RecordActivityTaskHeartbeat',
    ].flatMap((name) => byToken(name)),
    ...[
      'RespondActivityTaskCompletedById',
      'RespondActivityTaskFailedById',
      'RespondActivityTaskCanceledById',
      'RecordActivityTaskHeartbeatById',
    ].flatMap((name) => byId(name)),
    [
      'RespondActivityTaskFailed',
      'failure that is no application failure',
      { namespace, taskToken: staleActivityToken, failure: { message: 'x', timeoutFailureInfo: { timeoutType: 1 } } },
    ],
  ];
}

export function activityOperations({ open, closed, activity, namespace }) {
  return ['PauseActivity', 'UnpauseActivity', 'ResetActivity', 'UpdateActivityOptions'].flatMap((name) => [
    [name, 'no execution', { namespace, id: 'a' }],
    [name, 'neither id nor type', { namespace, execution: { workflowId: open.workflowId } }],
    [name, 'unknown workflow', { namespace, execution: { workflowId: 'no-such-workflow' }, id: 'a' }],
    [name, 'unknown activity', { namespace, execution: { workflowId: activity.workflowId }, id: 'no-such-activity' }],
    [name, 'closed workflow', { namespace, execution: closed, id: 'a' }],
    [name, 'unknown type', { namespace, execution: { workflowId: activity.workflowId }, type: 'no-such-type' }],
  ]);
}

export function taskQueues({ queue, namespace }) {
  return [
    ['DescribeTaskQueue', 'no task queue', { namespace }],
    ['DescribeTaskQueue', 'empty name', { namespace, taskQueue: { name: '' } }],
    ['DescribeTaskQueue', 'name of 1001 characters', { namespace, taskQueue: { name: long } }],
    ['DescribeTaskQueue', 'unspecified type', { namespace, taskQueue: { name: `${queue}-new` } }],
    [
      'DescribeTaskQueue',
      'a queue never used',
      { namespace, taskQueue: { name: `${queue}-new` }, taskQueueType: 2, reportStats: true },
    ],
    [
      'DescribeTaskQueue',
      'enhanced mode without types',
      { namespace, taskQueue: { name: `${queue}-new` }, apiMode: 1 },
    ],
    ['ListTaskQueuePartitions', 'no task queue', { namespace }],
    ['ListTaskQueuePartitions', 'a queue never used', { namespace, taskQueue: { name: `${queue}-new` } }],
    ['UpdateTaskQueueConfig', 'no queue', { namespace }],
    [
      'UpdateTaskQueueConfig',
      'negative rate',
      {
        namespace,
        taskQueue: `${queue}-new`,
        taskQueueType: 2,
        updateQueueRateLimit: { rateLimit: { requestsPerSecond: -1 } },
      },
    ],
    ['ShutdownWorker', 'no sticky queue', { namespace, identity: 'probe' }],
    ['RecordWorkerHeartbeat', 'no heartbeat', { namespace }],
    ['DescribeWorker', 'unknown key', { namespace, workerInstanceKey: 'none' }],
  ];
}
