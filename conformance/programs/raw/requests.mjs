// Requests of clients: repetition, policies, waiting for the end.
import { command, payloads, seconds } from './place.mjs';

const done = [command.completeWorkflow('done')];

export const requestScenarios = {
  async 'start-repeated'(at) {
    const first = await at.start();
    const again = await at.start();
    at.observed['same run'] = first.runId === again.runId;
    at.observed['answers'] = [first.answer, again.answer];
    at.observed['another request'] = await at.refusal(at.start({ requestId: 'another' }));
    await at.complete(await at.pollWorkflow(), done);
    at.observed['repeated after the end'] = (await at.start()).runId === first.runId;
  },

  async 'signal-repeated'(at) {
    const execution = await at.start();
    for (const requestId of ['same', 'same', 'other']) await at.signal(execution, 's', requestId);
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'cancel-repeated'(at) {
    const execution = await at.start();
    const cancel = (requestId) =>
      at.call('RequestCancelWorkflowExecution', {
        workflowExecution: { workflowId: execution.workflowId },
        requestId,
        reason: 'r',
      });
    at.observed['answers'] = [
      await at.refusal(cancel('same')),
      await at.refusal(cancel('same')),
      await at.refusal(cancel('other')),
    ];
    await at.complete(await at.pollWorkflow(), [command.cancelWorkflow()]);
  },

  async 'use-existing-with-options'(at) {
    await at.start();
    const again = await at.start({
      requestId: 'second',
      workflowIdConflictPolicy: 2,
      onConflictOptions: { attachRequestId: true },
    });
    at.observed['answer'] = again.answer;
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'signal-with-start-answers'(at) {
    const workflowId = `signal-with-start-answers-${at.nonce}`;
    at.executions.push({ workflowId });
    const request = (requestId) => ({
      workflowId,
      workflowType: { name: 'raw' },
      taskQueue: { name: at.queue },
      signalName: 's',
      signalInput: payloads(1),
      requestId,
      identity: 'raw',
    });
    at.observed['answers'] = [
      await at.call('SignalWithStartWorkflowExecution', request('a')),
      await at.call('SignalWithStartWorkflowExecution', request('b')),
    ];
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'signal-with-start-ends-delay'(at) {
    const execution = await at.start({ workflowStartDelay: seconds(60) });
    const request = {
      workflowId: execution.workflowId,
      workflowType: { name: 'raw' },
      taskQueue: { name: at.queue },
      signalName: 's',
      requestId: 'b',
      identity: 'raw',
    };
    await at.call('SignalWithStartWorkflowExecution', request);
    await at.complete(await at.pollWorkflow(), done);
  },

  async 'eager-start'(at) {
    const { answer } = await at.start({ requestEagerExecution: true });
    at.observed['answer'] = answer;
    await at.complete(answer.eagerWorkflowTask, done);
  },

  /** A history that is waited for: the close event alone arrives. */
  async 'wait-for-close'(at) {
    const execution = await at.start();
    const request = { execution: { workflowId: execution.workflowId }, waitNewEvent: true, historyEventFilterType: 2 };
    const waiting = at.call('GetWorkflowExecutionHistory', request, { deadlineMs: 30_000 });
    await at.complete(await at.pollWorkflow(), done);
    const answer = await waiting;
    at.observed['events'] = answer.history.events.map(({ eventType }) => eventType);
    at.observed['has a token'] = Boolean(answer.nextPageToken);
  },

  async 'execution-timeout-without-worker'(at) {
    await at.start({ workflowExecutionTimeout: seconds(1) });
    await at.call(
      'GetWorkflowExecutionHistory',
      { execution: at.executions[0], waitNewEvent: true, historyEventFilterType: 2 },
      { deadlineMs: 30_000 },
    );
  },

  async 'cron-answers'(at) {
    const { answer } = await at.start({ cronSchedule: '@every 1h', workflowRunTimeout: seconds(100) });
    at.observed['answer'] = answer;
    await at.terminate(at.executions[0]);
  },

  async 'terminate-existing-answers'(at) {
    await at.start();
    const { answer } = await at.start({ requestId: 'second', workflowIdConflictPolicy: 3 });
    at.observed['answer'] = answer;
    await at.complete(await at.pollWorkflow(), done);
  },
};
