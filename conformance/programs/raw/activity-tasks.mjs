// The life of activity tasks, answered by hand.
import { command, payloads, seconds } from './place.mjs';

const done = [command.completeWorkflow('done')];

/** Starts a run whose first task schedules one activity; resolves to the activity task. */
async function scheduled(at, change) {
  const execution = await at.start();
  await at.complete(await at.pollWorkflow(), [command.scheduleActivity('a', at.queue, change)]);
  return { execution, task: await at.pollActivity() };
}

export const activityTaskScenarios = {
  async 'activity-retried-by-hand'(at) {
    const { task } = await scheduled(at, { retryPolicy: { initialInterval: { nanos: 100_000_000 } } });
    await at.heartbeat(task, 'first beat');
    at.observed['failed'] = await at.failActivity(task);
    const second = await at.pollActivity();
    at.observed['second attempt'] = second;
    await at.completeActivity(second, 1);
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'activity-eager'(at) {
    await at.start();
    const answer = await at.complete(await at.pollWorkflow(), [
      command.scheduleActivity('a', at.queue, { requestEagerExecution: true }),
    ]);
    at.observed['answer'] = answer;
    await at.completeActivity(answer.activityTasks[0], 1);
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'activity-cancel-requested'(at) {
    const { execution, task } = await scheduled(at, { heartbeatTimeout: seconds(30) });
    at.observed['beat before'] = await at.heartbeat(task, 1);
    await at.signal(execution, 'cancel it');
    await at.complete(await at.pollWorkflow(), [command.cancelActivity(5)]);
    at.observed['beat after'] = await at.heartbeat(task, 2);
    await at.call('RespondActivityTaskCanceled', {
      taskToken: Buffer.from(task.taskToken, 'base64'),
      details: payloads('stopped'),
      identity: 'raw',
    });
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'activity-cancel-during-backoff'(at) {
    const { execution, task } = await scheduled(at, { retryPolicy: { initialInterval: seconds(60) } });
    await at.failActivity(task);
    await at.signal(execution, 'cancel it');
    await at.complete(await at.pollWorkflow(), [command.cancelActivity(5)]);
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'activity-outlives-workflow'(at) {
    const { execution, task } = await scheduled(at, { heartbeatTimeout: seconds(30) });
    await at.signal(execution, 'end');
    await at.complete(await at.pollWorkflow(), done);
    at.observed['beat'] = await at.refusal(at.heartbeat(task, 1));
    at.observed['result'] = await at.refusal(at.completeActivity(task, 1));
  },

  async 'activity-completed-while-task-is-started'(at) {
    const { execution, task } = await scheduled(at);
    await at.signal(execution, 'makes a task');
    const workflowTask = await at.pollWorkflow();
    await at.completeActivity(task, 1);
    await at.complete(workflowTask, [command.startTimer('t')]);
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'activity-failed-as-timeout'(at) {
    const { task } = await scheduled(at, { retryPolicy: { maximumAttempts: 1 } });
    at.observed['failed'] = await at.failActivity(task, { nonRetryable: true });
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'activities-scheduled-together'(at) {
    await at.start();
    const commands = ['a', 'b', 'c'].map((id) => command.scheduleActivity(id, `${at.queue}-${id}`));
    await at.complete(await at.pollWorkflow(), commands);
    for (const id of ['b', 'a', 'c']) {
      await at.completeActivity(await at.pollActivity({ name: `${at.queue}-${id}` }), id);
      await at.complete(await at.pollWorkflow(), id === 'c' ? done : []);
    }
  },
};
