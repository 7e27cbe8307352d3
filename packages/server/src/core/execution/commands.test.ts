/** Commands that break a rule: what the worker is told and what becomes of the task, in the field's words (server-surface 3.8). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandType, EventType, Failure, WorkflowTaskFailedCause as Cause } from '@perdure/protocol';
import type { Command, CommandAttributes, Init } from '@perdure/protocol';
import { isRejection } from '../rejection.js';
import { TestRun, command } from './testing-run.test.js';

const LONG = 'x'.repeat(1001);
const type = (name: string) => ({ name });
const negative = -1_000;

function activity(more: Init<CommandAttributes[typeof CommandType.SCHEDULE_ACTIVITY_TASK]> = {}): Command {
  const attributes = {
    activityId: 'a',
    activityType: type('act'),
    taskQueue: type('queue'),
    startToCloseTimeout: 10_000,
  };
  return command(CommandType.SCHEDULE_ACTIVITY_TASK, { ...attributes, ...more });
}

function child(more: Init<CommandAttributes[typeof CommandType.START_CHILD_WORKFLOW_EXECUTION]> = {}): Command {
  const attributes = {
    namespace: '',
    workflowId: 'child',
    workflowType: type('raw'),
    taskQueue: type('nobody'),
    cronSchedule: '',
  };
  return command(CommandType.START_CHILD_WORKFLOW_EXECUTION, { ...attributes, ...more });
}

function signal(more: Init<CommandAttributes[typeof CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION]> = {}): Command {
  const attributes = { namespace: '', execution: { workflowId: 'w', runId: '' }, signalName: 's' };
  return command(CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION, { ...attributes, ...more });
}

const timer = (timerId: string, startToFireTimeout: number | undefined = 5_000) =>
  command(CommandType.START_TIMER, { timerId, startToFireTimeout });
const cancelTimer = (timerId: string) => command(CommandType.CANCEL_TIMER, { timerId });
const cancelActivity = (scheduledEventId: number) =>
  command(CommandType.REQUEST_CANCEL_ACTIVITY_TASK, { scheduledEventId });
const cancelExternal = (workflowId: string, runId = '') =>
  command(CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION, { namespace: '', workflowId, runId });
const continueAsNew = (more: Init<CommandAttributes[typeof CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION]>) =>
  command(CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION, more);
const complete = () => command(CommandType.COMPLETE_WORKFLOW_EXECUTION, {});
const without = (commandType: CommandType) => ({ commandType, attributesMissing: true }) as unknown as Command;

/** What the worker is told ← the commands. The task fails with the cause that the text begins with. */
const FAILURES: readonly (readonly [string, Command[]])[] = [
  ['BadScheduleActivityAttributes: activityId is not set', [activity({ activityId: '' })]],
  ['BadScheduleActivityAttributes: activityType is not set', [activity({ activityType: undefined })]],
  ['BadScheduleActivityAttributes: taskQueue is not set', [activity({ taskQueue: undefined })]],
  ['BadScheduleActivityAttributes: taskQueue length exceeds limit', [activity({ taskQueue: type(LONG) })]],
  [
    'BadScheduleActivityAttributes: activityId exceeds length limit. Length=1001 Limit=1000',
    [activity({ activityId: LONG })],
  ],
  [
    'BadScheduleActivityAttributes: activityType exceeds length limit. Length=1002 Limit=1000',
    [activity({ activityType: type('é'.repeat(501)) })],
  ],
  [
    'BadScheduleActivityAttributes: invalid HeartbeatTimeout: negative duration',
    [activity({ heartbeatTimeout: negative })],
  ],
  [
    'BadScheduleActivityAttributes: a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ActivityId=a ActivityType=act',
    [activity({ startToCloseTimeout: undefined })],
  ],
  [
    'BadScheduleActivityAttributes: invalid InitialInterval set on retry policy: negative duration',
    [activity({ retryPolicy: { initialInterval: negative } })],
  ],
  [
    "BadScheduleActivityAttributes: invalid priorities: priority key can't be negative",
    [activity({ priority: { priorityKey: -1, fairnessKey: '', fairnessWeight: 0 } })],
  ],
  [
    'ScheduleActivityDuplicateId: invalid history builder state for action: add-activitytask-scheduled-event, ActivityID: a',
    [activity(), activity()],
  ],
  [
    'BadRequestCancelActivityAttributes: invalid history builder state for action: add-activitytask-cancel-requested-event, ScheduledEventID: 99',
    [cancelActivity(99)],
  ],
  ['BadStartTimerAttributes: TimerId is not set on StartTimerCommand.', [timer('good'), timer('')]],
  [
    'BadStartTimerAttributes: An invalid StartToFireTimeout is set on StartTimerCommand: negative duration. TimerId=t',
    [timer('t', negative)],
  ],
  [
    `BadStartTimerAttributes: TimerId on StartTimerCommand exceeds length limit. TimerId=${LONG} Length=1001 Limit=1000`,
    [timer(LONG)],
  ],
  [
    'StartTimerDuplicateId: invalid history builder state for action: add-timer-started-event, TimerID: t',
    [timer('t'), timer('t')],
  ],
  [
    'BadCancelTimerAttributes: invalid history builder state for action: add-timer-canceled-event, TimerID: none',
    [cancelTimer('none')],
  ],
  [
    'BadStartChildExecutionAttributes: Required field WorkflowId is not set on StartChildWorkflowExecutionCommand. WorkflowType=raw Namespace=default',
    [child({ workflowId: '' })],
  ],
  [
    'BadStartChildExecutionAttributes: Invalid WorkflowRunTimeout on StartChildWorkflowExecutionCommand: negative duration. WorkflowId=child WorkflowType=raw Namespace=default',
    [child({ workflowRunTimeout: negative })],
  ],
  [
    `BadStartChildExecutionAttributes: WorkflowType on StartChildWorkflowExecutionCommand exceeds length limit. WorkflowId=child WorkflowType=${LONG} Length=1001 Limit=1000 Namespace=default`,
    [child({ workflowType: type(LONG) })],
  ],
  [
    'BadStartChildExecutionAttributes: invalid CronSchedule on StartChildWorkflowExecutionCommand: invalid CronSchedule.. WorkflowId=child WorkflowType=raw Namespace=default',
    [child({ cronSchedule: 'xx' })],
  ],
  ['BadStartChildExecutionAttributes: cross namespace commands are not allowed', [child({ namespace: 'other' })]],
  [
    'BadSignalWorkflowExecutionAttributes: Execution is not set on SignalExternalWorkflowExecutionCommand.',
    [signal({ execution: undefined })],
  ],
  [
    'BadSignalWorkflowExecutionAttributes: SignalName is not set on SignalExternalWorkflowExecutionCommand. WorkflowId=w Namespace= RunId=',
    [signal({ signalName: '' })],
  ],
  [
    'BadRequestCancelExternalWorkflowExecutionAttributes: WorkflowId is not set on RequestCancelExternalWorkflowExecutionCommand. Namespace= RunId=',
    [cancelExternal('')],
  ],
  [
    'BadRequestCancelExternalWorkflowExecutionAttributes: Invalid RunId set on RequestCancelExternalWorkflowExecutionCommand. WorkflowId=w RunId=abc Namespace=',
    [cancelExternal('w', 'abc')],
  ],
  [
    'BadContinueAsNewAttributes: Invalid WorkflowRunTimeout on ContinueAsNewWorkflowExecutionCommand: negative duration. WorkflowType=type TaskQueue=name:"queue" kind:TASK_QUEUE_KIND_NORMAL',
    [continueAsNew({ workflowRunTimeout: negative })],
  ],
  [
    'BadSearchAttributes: SearchAttributes is not set on UpsertWorkflowSearchAttributesCommand.',
    [command(CommandType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, {})],
  ],
  [
    'BadModifyWorkflowPropertiesAttributes: UpsertedMemo.Fields is not set on ModifyWorkflowPropertiesCommand.',
    [command(CommandType.MODIFY_WORKFLOW_PROPERTIES, { upsertedMemo: new Uint8Array(0) })],
  ],
  [
    'BadUpdateWorkflowExecutionMessage: ProtocolMessageCommand referenced absent message ID none',
    [command(CommandType.PROTOCOL_MESSAGE, { messageId: 'none' })],
  ],
  [
    'BadCompleteWorkflowExecutionAttributes: CompleteWorkflowExecutionCommandAttributes is not set on CompleteWorkflowExecutionCommand.',
    [without(CommandType.COMPLETE_WORKFLOW_EXECUTION)],
  ],
];

/** These refuse the completion itself; the task stays started until it is answered rightly or times out. */
const REFUSALS: readonly (readonly [string, Command[]])[] = [
  [
    'invalid command sequence: [CompleteWorkflowExecution, StartTimer], command CompleteWorkflowExecution must be the last command.',
    [complete(), timer('t')],
  ],
  ['unknown command type: Unspecified', [without(CommandType.UNSPECIFIED)]],
  ['unknown command type: 99', [without(99 as CommandType)]],
  ['Namespace nowhere is not found.', [child({ namespace: 'nowhere' })]],
  ['Namespace nowhere is not found.', [signal({ namespace: 'nowhere' })]],
];

describe('a command that breaks a rule', () => {
  for (const [message, commands] of FAILURES) {
    it(`fails the task: ${message.replaceAll(LONG, '…')}`, () => {
      const run = new TestRun();
      const result = run.task(commands);
      assert.ok(!isRejection(result));
      assert.equal(result.rejection?.message, message);
      assert.deepEqual(run.names.slice(3), ['WORKFLOW_TASK_FAILED']);
      const failed = run.history.at(-1);
      assert.ok(failed?.eventType === EventType.WORKFLOW_TASK_FAILED && failed.attributes.failure !== undefined);
      assert.notEqual(failed.attributes.cause, Cause.UNSPECIFIED);
      const failure = Failure.decode(failed.attributes.failure);
      assert.deepEqual(
        [failure.message, failure.source, failure.serverFailureInfo?.nonRetryable],
        [message, '', false],
      );
      assert.equal(run.state.workflowTask?.attempt, 2);
    });
  }

  for (const [message, commands] of REFUSALS) {
    it(`refuses the completion: ${message}`, () => {
      const run = new TestRun();
      run.startTask();
      const result = run.complete(commands);
      assert.ok(isRejection(result));
      assert.equal(result.message, message);
      assert.deepEqual(run.names.slice(3), []);
      assert.notEqual(run.state.workflowTask?.startedEventId, 0);
    });
  }
});

describe('what commands cause at once', () => {
  it('comes behind all that the task writes', () => {
    const run = new TestRun();
    run.task([activity(), cancelActivity(5), signal({ execution: { workflowId: 'wf', runId: '' } }), timer('t')]);
    assert.deepEqual(run.names.slice(4), [
      'ACTIVITY_TASK_SCHEDULED',
      'ACTIVITY_TASK_CANCEL_REQUESTED',
      'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED',
      'TIMER_STARTED',
      'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED',
      'ACTIVITY_TASK_CANCELED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
  });

  it('does not keep the same task from closing the run, which then never tells of it', () => {
    const run = new TestRun();
    run.task([activity(), cancelActivity(5), complete()]);
    assert.deepEqual(run.names.slice(4), [
      'ACTIVITY_TASK_SCHEDULED',
      'ACTIVITY_TASK_CANCEL_REQUESTED',
      'WORKFLOW_EXECUTION_COMPLETED',
    ]);
  });

  it('frees the id of an activity that nobody had started', () => {
    const run = new TestRun();
    run.task([activity(), cancelActivity(5), activity()]);
    assert.deepEqual([...run.state.activities.keys()], [7]);
  });

  it('fires a timer of no length', () => {
    const run = new TestRun();
    run.task([timer('t', 0)]);
    run.pass(0);
    assert.deepEqual(run.names.slice(4), ['TIMER_STARTED', 'TIMER_FIRED', 'WORKFLOW_TASK_SCHEDULED']);
  });
});

describe('a run that ends with a task waiting', () => {
  const terminate = { kind: 'terminate', request: { reason: 'r', identity: 'i', links: [] } as never } as const;

  it('keeps a task that nobody had taken, to be seen in its description', () => {
    const run = new TestRun();
    run.task([timer('')]);
    run.accepted(terminate);
    assert.equal(run.names.at(-1), 'WORKFLOW_EXECUTION_TERMINATED');
    assert.equal(run.state.workflowTask?.attempt, 2);
  });

  it('fails a started one', () => {
    const run = new TestRun();
    run.startTask();
    run.accepted(terminate);
    assert.deepEqual(run.names.slice(3), ['WORKFLOW_TASK_FAILED', 'WORKFLOW_EXECUTION_TERMINATED']);
    assert.equal(run.state.workflowTask, undefined);
  });
});
