// What the bad inputs are aimed at: an open run, a closed run, a run with activities, and tokens of tasks that are over.
const seconds = (n) => ({ seconds: n });

/** Makes the executions and tokens, all named with `nonce`. */
export async function prepare(server, nonce) {
  const namespace = await registerNamespace(server, `raw-${nonce}`);
  const queue = `raw-${nonce}`;
  const open = await start(server, namespace, `open-${nonce}`, `${queue}-idle`);
  const victim = await start(server, namespace, `victim-${nonce}`, `${queue}-idle`);
  const closed = await start(server, namespace, `closed-${nonce}`, `${queue}-idle`);
  await server.call('TerminateWorkflowExecution', { namespace, workflowExecution: closed, reason: 'probe' });
  const activity = await startWithActivities(server, namespace, `activity-${nonce}`, queue);
  const deprecated = await registerNamespace(server, `raw-deprecated-${nonce}`);
  const old = await start(server, deprecated, `old-${nonce}`, `${queue}-idle`);
  await deprecate(server, deprecated);
  const pageToken = await historyToken(server, namespace, activity);
  return { nonce, namespace, queue, open, closed, victim, activity, deprecated, old, pageToken, ...activity.tokens };
}

async function start(server, namespace, workflowId, queue) {
  const { runId } = await server.call('StartWorkflowExecution', {
    namespace,
    workflowId,
    workflowType: { name: 'none' },
    taskQueue: { name: queue },
    requestId: `start-${workflowId}`,
    identity: 'probe',
  });
  return { workflowId, runId };
}

/** One activity done (its token is stale), one that no worker ever takes. */
async function startWithActivities(server, namespace, workflowId, queue) {
  const execution = await start(server, namespace, workflowId, queue);
  const task = await server.call(
    'PollWorkflowTaskQueue',
    { namespace, taskQueue: { name: queue }, identity: 'probe' },
    { deadlineMs: 30_000 },
  );
  const schedule = (activityId, name) => ({
    commandType: 1,
    scheduleActivityTaskCommandAttributes: {
      activityId,
      activityType: { name: 'none' },
      taskQueue: { name },
      startToCloseTimeout: seconds(60),
    },
  });
  const token = Buffer.from(task.taskToken, 'base64');
  const commands = [schedule('done', queue), schedule('pending', `${queue}-nobody`)];
  await server.call('RespondWorkflowTaskCompleted', { namespace, taskToken: token, identity: 'probe', commands });
  const done = await server.call(
    'PollActivityTaskQueue',
    { namespace, taskQueue: { name: queue }, identity: 'probe' },
    { deadlineMs: 30_000 },
  );
  const activityToken = Buffer.from(done.taskToken, 'base64');
  await server.call('RespondActivityTaskCompleted', { namespace, taskToken: activityToken, identity: 'probe' });
  return {
    ...execution,
    pendingId: 'pending',
    tokens: { token, staleToken: token, staleActivityToken: activityToken },
  };
}

/** Resolves once the namespace takes no new runs any more. */
async function deprecate(server, namespace) {
  await server.call('DeprecateNamespace', { namespace });
  for (let i = 0; ; i++) {
    const started = await start(server, namespace, `probe-${i}`, 'nobody').then(
      () => true,
      () => false,
    );
    if (!started) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Leads to the second page. */
async function historyToken(server, namespace, { workflowId, runId }) {
  const request = { namespace, execution: { workflowId, runId }, maximumPageSize: 1 };
  const { nextPageToken } = await server.call('GetWorkflowExecutionHistory', request);
  return Buffer.from(nextPageToken, 'base64');
}

/** A namespace of its own, so that no probe can harm others; resolves once it is usable. */
async function registerNamespace(server, namespace) {
  await server.call('RegisterNamespace', { namespace, workflowExecutionRetentionPeriod: seconds(86400) });
  for (;;) {
    const usable = await server.call('CountWorkflowExecutions', { namespace }).then(
      () => true,
      () => false,
    );
    if (usable) return namespace;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
