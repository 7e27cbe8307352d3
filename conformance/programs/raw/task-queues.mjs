// What task queues tell workers.
import { command } from './place.mjs';

const done = [command.completeWorkflow('done')];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const advice = (task) => task.pollerScalingDecision?.pollRequestDeltaSuggestion ?? 'none';

export const taskQueueScenarios = {
  /** A worker that chooses the number of its polls: one fewer after a long wait, one more while tasks wait. */
  async 'advice-on-the-number-of-polls'(at) {
    const polled = at.pollWorkflow();
    await pause(1_500);
    await at.start({}, 'awaited');
    const awaited = await polled;
    at.observed['after a long wait'] = advice(awaited);
    await at.complete(awaited, done);

    await at.start({}, 'old');
    await at.start({}, 'older');
    await pause(1_000);
    const first = await at.pollWorkflow();
    at.observed['while a task waits'] = advice(first);
    await at.complete(first, done);
    await at.complete(await at.pollWorkflow(), done);
  },

  /** A rate of zero stops a queue; what operators set is shown, and goes away again. */
  async 'rate-limit-of-a-queue'(at) {
    const set = (change) =>
      at.call('UpdateTaskQueueConfig', { taskQueue: at.queue, taskQueueType: 2, identity: 'raw', ...change });
    const describe = () =>
      at.call('DescribeTaskQueue', { taskQueue: { name: at.queue }, taskQueueType: 2, reportConfig: true });
    at.observed['config at first'] = (await describe()).config ?? 'none';
    at.observed['stopped'] = await set({
      updateQueueRateLimit: { rateLimit: { requestsPerSecond: 0 }, reason: 'stop' },
    });
    const { config, effectiveRateLimit } = await describe();
    at.observed['described'] = { config, effectiveRateLimit };
    await at.start();
    await at.complete(await at.pollWorkflow(), [command.scheduleActivity('a', at.queue)]);
    const poll = { taskQueue: { name: at.queue }, identity: 'raw' };
    const answer = await at.call('PollActivityTaskQueue', poll, { deadlineMs: 3_500 });
    at.observed['a task while stopped'] = Boolean(answer.taskToken);
    at.observed['free again'] = await set({ updateQueueRateLimit: { reason: 'go on' } });
    await at.completeActivity(await at.pollActivity(), 'done');
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'weights-and-rate-of-fairness-keys'(at) {
    const set = (change) =>
      at.call('UpdateTaskQueueConfig', { taskQueue: at.queue, taskQueueType: 2, identity: 'raw', ...change });
    at.observed['answers'] = [
      await set({ setFairnessWeightOverrides: { a: 2.5, b: 1 } }),
      await set({ setFairnessWeightOverrides: { c: 3000 }, unsetFairnessWeightOverrides: ['a', 'nobody'] }),
      await set({ updateFairnessKeyRateLimitDefault: { rateLimit: { requestsPerSecond: 2 }, reason: 'why' } }),
      await set({ updateFairnessKeyRateLimitDefault: { rateLimit: { requestsPerSecond: 100 } } }),
    ];
    await at.start();
    const activity = command.scheduleActivity('a', at.queue, { priority: { fairnessKey: 'a' } });
    await at.complete(await at.pollWorkflow(), [activity]);
    await at.completeActivity(await at.pollActivity(), 'done');
    await at.terminate(at.executions[0]);
  },
};
