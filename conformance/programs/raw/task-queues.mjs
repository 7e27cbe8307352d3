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
};
