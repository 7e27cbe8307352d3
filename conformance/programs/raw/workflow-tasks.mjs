// The life of workflow tasks: failures, timeouts, sticky queues, buffered events, heartbeats, queries, updates.
import { bytes, command, payloads, seconds } from './place.mjs';

const done = [command.completeWorkflow('done')];

export const workflowTaskScenarios = {
  /** The shape of the answers a worker gets. */
  async 'task-shapes'(at) {
    const { answer } = await at.start({ input: payloads('in'), memo: { fields: { m: payloads(1).payloads[0] } } });
    const first = await at.pollWorkflow();
    const completed = await at.complete(first, [
      command.scheduleActivity('a', at.queue, { input: payloads('x'), heartbeatTimeout: seconds(20) }),
    ]);
    const activity = await at.pollActivity();
    const beat = await at.heartbeat(activity, 1);
    const ended = await at.completeActivity(activity, 'result');
    const second = await at.pollWorkflow();
    const last = await at.complete(second, done);
    Object.assign(at.observed, {
      start: answer,
      'first task': first,
      completed,
      activity,
      beat,
      ended,
      'second task': second,
      last,
    });
  },

  async 'task-failed-twice'(at) {
    await at.start();
    await at.fail(await at.pollWorkflow(), 'WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE', 'first');
    const second = await at.pollWorkflow();
    at.observed['second attempt'] = second;
    await at.fail(second, 'WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE', 'second');
    const third = await at.pollWorkflow();
    at.observed['third attempt'] = third.attempt;
    await at.complete(third, done);
  },

  async 'task-failed-non-deterministic'(at) {
    await at.start();
    await at.fail(await at.pollWorkflow(), 'WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR', 'mismatch');
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'task-timed-out'(at) {
    await at.start({ workflowTaskTimeout: seconds(1) });
    const lost = await at.pollWorkflow();
    const second = await at.pollWorkflow();
    at.observed['second attempt'] = second;
    at.observed['late answer'] = await at.refusal(at.complete(lost, done));
    await at.complete(second, done);
  },

  async 'task-timed-out-after-signal'(at) {
    const execution = await at.start({ workflowTaskTimeout: seconds(1) });
    await at.pollWorkflow();
    await at.signal(execution, 'while started');
    const second = await at.pollWorkflow();
    await at.complete(second, done);
  },

  async 'signals-while-task-is-started'(at) {
    const execution = await at.start();
    const task = await at.pollWorkflow();
    await at.signal(execution, 'one');
    await at.signal(execution, 'two');
    await at.complete(task, [command.startTimer('t')]);
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'unhandled-command'(at) {
    const execution = await at.start();
    const task = await at.pollWorkflow();
    await at.signal(execution, 'late');
    at.observed['refusal'] = await at.refusal(at.complete(task, done));
    const again = await at.pollWorkflow();
    at.observed['next attempt'] = again.attempt;
    await at.complete(again, done);
  },

  async 'signals-after-failed-task'(at) {
    const execution = await at.start();
    await at.fail(await at.pollWorkflow(), 'WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE', 'first');
    const second = await at.pollWorkflow();
    await at.signal(execution, 'during a transient task');
    await at.fail(second, 'WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE', 'second');
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'task-heartbeat'(at) {
    await at.start();
    const first = await at.pollWorkflow();
    const answer = await at.complete(first, [], { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true });
    at.observed['answer'] = answer;
    await at.complete(answer.workflowTask, done);
  },

  async 'force-new-task'(at) {
    await at.start();
    await at.complete(await at.pollWorkflow(), [], { forceCreateNewWorkflowTask: true });
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'new-task-in-the-answer'(at) {
    const execution = await at.start();
    const task = await at.pollWorkflow();
    await at.signal(execution, 'while started');
    const answer = await at.complete(task, [command.startTimer('t')], { returnNewWorkflowTask: true });
    at.observed['has a task'] = Boolean(answer.workflowTask?.taskToken);
    await at.complete(answer.workflowTask, done);
  },

  async 'sticky-task'(at) {
    const { execution, sticky } = await stickyRun(at, 20);
    const polled = at.pollWorkflow(sticky);
    polled.catch(() => undefined); // if it fails, that is told when it is awaited
    await at.polls(sticky);
    await at.signal(execution, 'wake');
    const task = await polled;
    at.observed['sticky task'] = task;
    await at.complete(task, done);
  },

  /** A worker that was there and is gone: the task waits for it in vain. */
  async 'sticky-task-timed-out'(at) {
    const { execution, sticky } = await stickyRun(at, 1);
    await at.call('PollWorkflowTaskQueue', { taskQueue: sticky, identity: 'raw' }, { deadlineMs: 2500 });
    await at.signal(execution, 'wake');
    const task = await at.pollWorkflow();
    at.observed['task on the normal queue'] = task;
    await at.complete(task, done);
  },

  /** Nobody ever polled the sticky queue: the task goes to the normal one. */
  async 'sticky-queue-unknown'(at) {
    const { execution } = await stickyRun(at, 20);
    await at.signal(execution, 'wake');
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'sticky-queue-reset'(at) {
    const { execution } = await stickyRun(at, 30);
    await at.call('ResetStickyTaskQueue', { execution: { workflowId: execution.workflowId, runId: execution.runId } });
    await at.signal(execution, 'wake');
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'terminated-while-task-is-started'(at) {
    const execution = await at.start();
    const task = await at.pollWorkflow();
    await at.terminate(execution);
    at.observed['late answer'] = await at.refusal(at.complete(task, done));
  },

  async 'cancelled-while-task-is-started'(at) {
    const execution = await at.start();
    const task = await at.pollWorkflow();
    await at.call('RequestCancelWorkflowExecution', {
      workflowExecution: { workflowId: execution.workflowId },
      reason: 'why',
      requestId: 'r',
    });
    await at.complete(task, [command.startTimer('t')]);
    await at.complete(await at.pollWorkflow(), [command.cancelWorkflow()]);
  },

  async 'query-direct'(at) {
    const execution = await at.start();
    await at.complete(await at.pollWorkflow(), [command.startTimer('t')]);
    const answer = ask(at, execution);
    const task = await at.pollWorkflow();
    at.observed['query task'] = task;
    await at.call('RespondQueryTaskCompleted', {
      taskToken: bytes(task.taskToken),
      completedType: 1,
      queryResult: payloads('answered'),
    });
    at.observed['answer'] = await answer;
    await at.terminate(execution);
  },

  async 'query-failed'(at) {
    const execution = await at.start();
    await at.complete(await at.pollWorkflow(), [command.startTimer('t')]);
    const answer = at.refusal(ask(at, execution));
    const task = await at.pollWorkflow();
    await at.call('RespondQueryTaskCompleted', {
      taskToken: bytes(task.taskToken),
      completedType: 2,
      errorMessage: 'no such query',
      failure: { message: 'no such query' },
    });
    at.observed['answer'] = await answer;
    await at.terminate(execution);
  },

  async 'query-with-a-task'(at) {
    const execution = await at.start();
    await at.complete(await at.pollWorkflow(), [command.startTimer('t')]);
    await at.signal(execution, 'makes a task');
    const answer = ask(at, execution);
    await new Promise((resolve) => setTimeout(resolve, 500)); // the server shows nowhere that it holds the query
    const task = await at.pollWorkflow();
    at.observed['queries'] = Object.values(task.queries ?? {});
    const queryResults = Object.fromEntries(
      Object.keys(task.queries ?? {}).map((id) => [id, { resultType: 1, answer: payloads('answered') }]),
    );
    await at.complete(task, [], { queryResults });
    at.observed['answer'] = await answer;
    await at.terminate(execution);
  },

  async 'update-accepted-and-completed'(at) {
    const execution = await at.start();
    await at.complete(await at.pollWorkflow(), [command.startTimer('t')]);
    const outcome = update(at, execution, 'u');
    const task = await at.pollWorkflow();
    at.observed['update task'] = task;
    const message = task.messages[0];
    await at.complete(task, [protocol('acc'), protocol('out')], {
      messages: [accepted(message, 'acc'), responded(message, 'out')],
    });
    at.observed['outcome'] = await outcome;
    at.observed['polled'] = await at.call('PollWorkflowExecutionUpdate', {
      updateRef: { workflowExecution: execution, updateId: 'u' },
      waitPolicy: { lifecycleStage: 3 },
    });
    await at.terminate(execution);
  },

  /** The id of the request leads to the event that it caused. */
  async 'update-with-a-request-id'(at) {
    const execution = await at.start();
    await at.complete(await at.pollWorkflow(), [command.startTimer('t')]);
    const outcome = update(at, execution, 'u', { requestId: 'update-request' });
    const task = await at.pollWorkflow();
    const message = task.messages[0];
    await at.complete(task, [protocol('acc'), protocol('out')], {
      messages: [accepted(message, 'acc'), responded(message, 'out')],
    });
    at.observed['outcome'] = await outcome;
    at.observed['started by the same id'] = await at.refusal(at.start({ requestId: 'update-request' }));
    await at.terminate(execution);
  },

  async 'update-rejected-speculative'(at) {
    const execution = await at.start();
    await at.complete(await at.pollWorkflow(), [command.startTimer('t')]);
    const outcome = update(at, execution, 'u');
    const task = await at.pollWorkflow();
    at.observed['completed'] = await at.complete(task, [], { messages: [rejected(task.messages[0], 'rej')] });
    at.observed['outcome'] = await outcome;
    await at.signal(execution, 'after');
    await at.complete(await at.pollWorkflow(), done);
  },

  /** With this capability of the worker the task of a rejected update leaves no events. */
  async 'update-rejected-and-discarded'(at) {
    const execution = await at.start();
    await at.complete(await at.pollWorkflow(), [command.startTimer('t')]);
    const outcome = update(at, execution, 'u');
    const task = await at.pollWorkflow();
    const capabilities = { discardSpeculativeWorkflowTaskWithEvents: true };
    at.observed['completed'] = await at.complete(task, [], {
      messages: [rejected(task.messages[0], 'rej')],
      capabilities,
    });
    at.observed['outcome'] = await outcome;
    await at.signal(execution, 'after');
    const next = await at.pollWorkflow();
    at.observed['next task'] = {
      previousStartedEventId: next.previousStartedEventId,
      startedEventId: next.startedEventId,
    };
    await at.complete(next, done);
  },

  async 'update-task-failed'(at) {
    const execution = await at.start();
    await at.complete(await at.pollWorkflow(), [command.startTimer('t')]);
    const outcome = update(at, execution, 'u');
    await at.fail(
      await at.pollWorkflow(),
      'WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE',
      'while updating',
    );
    const task = await at.pollWorkflow();
    const message = task.messages[0];
    await at.complete(task, [protocol('acc'), protocol('out'), ...done], {
      messages: [accepted(message, 'acc'), responded(message, 'out')],
    });
    at.observed['outcome'] = await outcome;
  },

  async 'update-when-workflow-ends'(at) {
    const execution = await at.start();
    await at.complete(await at.pollWorkflow(), [command.startTimer('t')]);
    const refusal = at.refusal(update(at, execution, 'u'));
    await at.complete(await at.pollWorkflow(), done);
    at.observed['refusal'] = await refusal;
  },
};

/** A run whose first task is done and which names a sticky queue. */
async function stickyRun(at, scheduleToStartSeconds) {
  const execution = await at.start();
  const sticky = { name: `sticky-${at.queue}`, kind: 'TASK_QUEUE_KIND_STICKY', normalName: at.queue };
  await at.complete(await at.pollWorkflow(), [], {
    stickyAttributes: { workerTaskQueue: sticky, scheduleToStartTimeout: seconds(scheduleToStartSeconds) },
  });
  return { execution, sticky };
}

function ask(at, { workflowId }) {
  return at.call(
    'QueryWorkflow',
    { execution: { workflowId }, query: { queryType: 'q', queryArgs: payloads(1) } },
    { deadlineMs: 20_000 },
  );
}

function update(at, { workflowId }, updateId, change) {
  const request = { meta: { updateId, identity: 'raw' }, input: { name: 'change', args: payloads(5) }, ...change };
  return at.call(
    'UpdateWorkflowExecution',
    { workflowExecution: { workflowId }, request, waitPolicy: { lifecycleStage: 3 } },
    { deadlineMs: 30_000 },
  );
}

const protocol = (messageId) => command.of('PROTOCOL_MESSAGE', { protocolMessageCommandAttributes: { messageId } });

/** The bodies are Any messages; the client encodes them. */
const accepted = (message, id) =>
  reply(message, id, 'Acceptance', {
    acceptedRequestMessageId: message.id,
    acceptedRequestSequencingEventId: message.eventId,
  });
const responded = (message, id) =>
  reply(message, id, 'Response', {
    meta: { updateId: message.protocolInstanceId },
    outcome: { success: payloads('updated') },
  });
const rejected = (message, id) =>
  reply(message, id, 'Rejection', {
    rejectedRequestMessageId: message.id,
    rejectedRequestSequencingEventId: message.eventId,
    failure: { message: 'refused', applicationFailureInfo: { type: 'Raw' } },
  });

function reply({ protocolInstanceId }, id, type, value) {
  return { id, protocolInstanceId, body: { typeName: `temporal.api.update.v1.${type}`, value } };
}
