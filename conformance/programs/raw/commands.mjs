// Commands that are refused, and what a refusal does to the task; commands that cancel each other.
import { command, payload, seconds } from './place.mjs';

const longId = 'x'.repeat(1001);

/** Name → the commands of the first task. The run is terminated afterwards. */
const refused = {
  'activity-without-id': (at) => [command.scheduleActivity('', at.queue)],
  'activity-without-type': (at) => [command.scheduleActivity('a', at.queue, { activityType: null })],
  'activity-without-timeouts': (at) => [command.scheduleActivity('a', at.queue, { startToCloseTimeout: null })],
  'activity-with-negative-timeout': (at) => [
    command.scheduleActivity('a', at.queue, { startToCloseTimeout: seconds(-1) }),
  ],
  'activity-with-long-id': (at) => [command.scheduleActivity(longId, at.queue)],
  'activity-with-bad-retry-policy': (at) => [
    command.scheduleActivity('a', at.queue, { retryPolicy: { initialInterval: seconds(1), backoffCoefficient: 0.5 } }),
  ],
  'activity-id-twice': (at) => [command.scheduleActivity('a', at.queue), command.scheduleActivity('a', at.queue)],
  'activity-cancel-unknown': () => [command.cancelActivity(99)],
  'timer-without-id': () => [command.startTimer('')],
  'timer-with-negative-duration': () => [command.startTimer('t', seconds(-1))],
  'timer-id-twice': () => [command.startTimer('t'), command.startTimer('t')],
  'timer-cancel-unknown': () => [command.cancelTimer('none')],
  'timer-cancel-without-id': () => [command.cancelTimer('')],
  'marker-without-name': () => [command.of('RECORD_MARKER', { recordMarkerCommandAttributes: {} })],
  'fail-without-failure': () => [command.of('FAIL_WORKFLOW_EXECUTION', { failWorkflowExecutionCommandAttributes: {} })],
  'complete-without-attributes': () => [command.of('COMPLETE_WORKFLOW_EXECUTION', {})],
  'command-after-complete': () => [command.completeWorkflow(1), command.startTimer('t')],
  'complete-twice': () => [command.completeWorkflow(1), command.completeWorkflow(2)],
  'unspecified-command': () => [{ commandType: 0 }],
  'child-without-id': () => [child({ workflowId: '' })],
  'child-without-type': () => [child({ workflowType: null })],
  'child-with-negative-timeout': () => [child({ workflowRunTimeout: seconds(-1) })],
  'child-in-unknown-namespace': () => [child({ namespace: 'no-such-namespace' })],
  'signal-external-without-id': () => [
    command.of('SIGNAL_EXTERNAL_WORKFLOW_EXECUTION', {
      signalExternalWorkflowExecutionCommandAttributes: { signalName: 's', execution: {} },
    }),
  ],
  'signal-external-without-name': () => [
    command.of('SIGNAL_EXTERNAL_WORKFLOW_EXECUTION', {
      signalExternalWorkflowExecutionCommandAttributes: { execution: { workflowId: 'w' } },
    }),
  ],
  'cancel-external-without-id': () => [
    command.of('REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION', {
      requestCancelExternalWorkflowExecutionCommandAttributes: {},
    }),
  ],
  'cancel-external-bad-run': () => [
    command.of('REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION', {
      requestCancelExternalWorkflowExecutionCommandAttributes: { workflowId: 'w', runId: 'abc' },
    }),
  ],
  'upsert-unknown-attribute': () => [
    command.of('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES', {
      upsertWorkflowSearchAttributesCommandAttributes: {
        searchAttributes: { indexedFields: { NoSuchAttribute: payload('x') } },
      },
    }),
  ],
  'upsert-nothing': () => [
    command.of('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES', { upsertWorkflowSearchAttributesCommandAttributes: {} }),
  ],
  'upsert-wrong-type': () => [
    command.of('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES', {
      upsertWorkflowSearchAttributesCommandAttributes: {
        searchAttributes: { indexedFields: { ConformanceInt: payload('x') } },
      },
    }),
  ],
  'modify-properties-nothing': () => [
    command.of('MODIFY_WORKFLOW_PROPERTIES', { modifyWorkflowPropertiesCommandAttributes: {} }),
  ],
  'continue-with-negative-timeout': () => [
    command.of('CONTINUE_AS_NEW_WORKFLOW_EXECUTION', {
      continueAsNewWorkflowExecutionCommandAttributes: { workflowRunTimeout: seconds(-1) },
    }),
  ],
  'protocol-message-unknown': () => [
    command.of('PROTOCOL_MESSAGE', { protocolMessageCommandAttributes: { messageId: 'none' } }),
  ],
  'valid-then-invalid': () => [command.startTimer('good'), command.startTimer('')],
};

function child(change) {
  const attributes = { workflowId: 'child', workflowType: { name: 'raw' }, taskQueue: { name: 'nobody' }, ...change };
  return command.of('START_CHILD_WORKFLOW_EXECUTION', { startChildWorkflowExecutionCommandAttributes: attributes });
}

const refusedScenarios = Object.fromEntries(
  Object.entries(refused).map(([name, commands]) => [
    `command-${name}`,
    async (at) => {
      const execution = await at.start();
      at.observed['answer'] = await at.refusal(at.complete(await at.pollWorkflow(), commands(at)));
      await at.refusal(at.terminate(execution));
    },
  ]),
);

/** Accepted, and due at once. */
async function zeroTimer(at, startToFireTimeout) {
  await at.start();
  at.observed['answer'] = await at.refusal(
    at.complete(await at.pollWorkflow(), [command.startTimer('t', startToFireTimeout)]),
  );
  await at.complete(await at.pollWorkflow(), [command.completeWorkflow(1)]);
}

export const commandScenarios = {
  ...refusedScenarios,
  'command-timer-with-zero-duration': (at) => zeroTimer(at, seconds(0)),
  'command-timer-without-duration': (at) => zeroTimer(at, null),

  async 'timer-started-and-cancelled-at-once'(at) {
    await at.start();
    await at.complete(await at.pollWorkflow(), [
      command.startTimer('t'),
      command.cancelTimer('t'),
      command.startTimer('t'),
      command.completeWorkflow(1),
    ]);
  },

  /** The fired event is in the buffer when the command cancels the timer: it disappears. */
  async 'timer-cancelled-after-it-fired'(at) {
    const execution = await at.start();
    await at.complete(await at.pollWorkflow(), [command.startTimer('t', seconds(1))]);
    await at.signal(execution, 'makes a task');
    const task = await at.pollWorkflow();
    await new Promise((resolve) => setTimeout(resolve, 3000)); // nothing shows a buffered event
    await at.complete(task, [command.cancelTimer('t'), command.completeWorkflow(1)]);
  },

  async 'continue-as-new-by-hand'(at) {
    await at.start({ workflowRunTimeout: seconds(50), memo: { fields: { a: payload(1) } } });
    const attributes = {
      workflowType: { name: 'next' },
      taskQueue: { name: at.queue },
      workflowRunTimeout: seconds(40),
      backoffStartInterval: seconds(2),
      memo: { fields: { b: payload(2) } },
      header: { fields: { h: payload('header') } },
    };
    await at.complete(await at.pollWorkflow(), [
      command.of('CONTINUE_AS_NEW_WORKFLOW_EXECUTION', { continueAsNewWorkflowExecutionCommandAttributes: attributes }),
    ]);
    await at.complete(await at.pollWorkflow(), [command.completeWorkflow('next')]);
  },

  async 'activity-cancelled-in-the-same-task'(at) {
    await at.start();
    await at.complete(await at.pollWorkflow(), [
      command.scheduleActivity('a', at.queue),
      command.cancelActivity(5),
      command.startTimer('t'),
    ]);
    await at.complete(await at.pollWorkflow(), [command.completeWorkflow(1)]);
  },
};
