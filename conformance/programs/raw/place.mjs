// What a raw scenario works with: its ids and queue, and the calls of a client and of a worker.
const namespace = 'default';
const identity = 'raw';
const taskQueueOf = (name) => ({ name });

/** The working place of one scenario. Everything it starts is recorded for the dump. */
export function makePlace(server, scenario, nonce) {
  const queue = `raw-${scenario}-${nonce}`;
  const executions = [];
  const at = {
    queue,
    /** Set when the time of the scenario is over; then polls give up. */
    isOver: false,
    executions,
    observed: {},
    nonce,
    call: (name, request, options) => server.call(name, { namespace, ...request }, options),
    async start(change = {}, suffix = '') {
      const workflowId = `${scenario}${suffix && `-${suffix}`}-${nonce}`;
      if (!executions.some((known) => known.workflowId === workflowId)) executions.push({ workflowId });
      const request = {
        workflowId,
        workflowType: { name: 'raw' },
        taskQueue: taskQueueOf(queue),
        requestId: `start-${workflowId}`,
        identity,
      };
      const answer = await at.call('StartWorkflowExecution', { ...request, ...change });
      return { workflowId, runId: answer.runId, answer };
    },
    signal: (execution, signalName, requestId = '') =>
      at.call('SignalWorkflowExecution', {
        workflowExecution: { workflowId: execution.workflowId },
        signalName,
        requestId,
        identity,
      }),
    terminate: (execution) =>
      at.call('TerminateWorkflowExecution', {
        workflowExecution: { workflowId: execution.workflowId },
        reason: 'end of scenario',
        identity,
      }),
    /** Resolves to the next workflow task; polls again while the answer is empty. */
    pollWorkflow: (taskQueue = taskQueueOf(queue)) =>
      pollUntil(at, () => at.call('PollWorkflowTaskQueue', { taskQueue, identity }, { deadlineMs: 15_000 })),
    /** Resolves when the queue knows of a poller. */
    async polls(taskQueue) {
      const describe = () => at.call('DescribeTaskQueue', { taskQueue, taskQueueType: 1 });
      while (!at.isOver && !(await describe()).pollers?.length)
        await new Promise((resolve) => setTimeout(resolve, 100));
    },
    pollActivity: (taskQueue = taskQueueOf(queue)) =>
      pollUntil(at, () => at.call('PollActivityTaskQueue', { taskQueue, identity }, { deadlineMs: 15_000 })),
    complete: (task, commands = [], change = {}) =>
      at.call('RespondWorkflowTaskCompleted', { taskToken: bytes(task.taskToken), identity, commands, ...change }),
    fail: (task, cause, message) =>
      at.call('RespondWorkflowTaskFailed', {
        taskToken: bytes(task.taskToken),
        identity,
        cause,
        failure: { message, applicationFailureInfo: { type: 'Raw' } },
      }),
    completeActivity: (task, value) =>
      at.call('RespondActivityTaskCompleted', { taskToken: bytes(task.taskToken), identity, result: payloads(value) }),
    failActivity: (task, info = {}) =>
      at.call('RespondActivityTaskFailed', {
        taskToken: bytes(task.taskToken),
        identity,
        failure: { message: 'failed', source: 'raw', applicationFailureInfo: { type: 'Raw', ...info } },
      }),
    heartbeat: (task, value) =>
      at.call('RecordActivityTaskHeartbeat', { taskToken: bytes(task.taskToken), identity, details: payloads(value) }),
    /** The code and text with which a promise is refused; `OK` when it is not. */
    refusal: (promise) =>
      promise.then(
        () => 'OK',
        (error) => (error.code ? `${error.code}: ${error.text}` : Promise.reject(error)),
      ),
  };
  return at;
}

/** A poll that its scenario no longer waits for when its time is over harms nobody else. */
function pollUntil(at, poll) {
  const polled = pollAgain(at, poll);
  polled.catch(() => undefined);
  return polled;
}

async function pollAgain(at, poll) {
  while (!at.isOver) {
    const task = await poll();
    if (task.taskToken) return task;
  }
  throw new Error('no task arrived');
}

export const bytes = (base64) => Buffer.from(base64, 'base64');
export const seconds = (n) => ({ seconds: n });
export const payload = (value) => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});
export const payloads = (value) => (value === undefined ? undefined : { payloads: [payload(value)] });

/** Commands by their shortest spelling. */
export const command = {
  startTimer: (timerId, startToFireTimeout = seconds(3600)) => ({
    commandType: 'COMMAND_TYPE_START_TIMER',
    startTimerCommandAttributes: { timerId, startToFireTimeout },
  }),
  cancelTimer: (timerId) => ({ commandType: 'COMMAND_TYPE_CANCEL_TIMER', cancelTimerCommandAttributes: { timerId } }),
  completeWorkflow: (value) => ({
    commandType: 'COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION',
    completeWorkflowExecutionCommandAttributes: { result: payloads(value) },
  }),
  failWorkflow: (message) => ({
    commandType: 'COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION',
    failWorkflowExecutionCommandAttributes: { failure: { message, applicationFailureInfo: { type: 'Raw' } } },
  }),
  cancelWorkflow: () => ({
    commandType: 'COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION',
    cancelWorkflowExecutionCommandAttributes: {},
  }),
  scheduleActivity: (activityId, name, change = {}) => ({
    commandType: 'COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK',
    scheduleActivityTaskCommandAttributes: {
      activityId,
      activityType: { name: 'act' },
      taskQueue: { name },
      startToCloseTimeout: seconds(60),
      ...change,
    },
  }),
  cancelActivity: (scheduledEventId) => ({
    commandType: 'COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK',
    requestCancelActivityTaskCommandAttributes: { scheduledEventId },
  }),
  of: (type, attributes) => ({ commandType: `COMMAND_TYPE_${type}`, ...attributes }),
};
