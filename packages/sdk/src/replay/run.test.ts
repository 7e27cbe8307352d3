import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandType, EventType, WorkflowTaskCompletedMetadata } from '@perdure/protocol';
import { applyCompletion } from './run.js';
import { FLAGS, activity, faultOf, timer } from './testing/commands.js';
import { History, answer, commandsOf, jobsOf, newRun, poll } from './testing/history-builder.js';

describe('a run that is live', () => {
  it('goes from task to task', () => {
    const run = newRun();
    const history = new History().started().openTask();
    const first = poll(run, history);
    assert.deepEqual(jobsOf(first), ['initialize']);
    assert.ok(first.kind === 'activate' && !first.activation.isReplaying && first.activation.timestampMs === 1_000_003);
    const step = answer(run, timer(1), activity(1));
    assert.deepEqual(commandsOf(step), [CommandType.START_TIMER, CommandType.SCHEDULE_ACTIVITY_TASK]);
    assert.ok(step.kind === 'respond');
    const metadata = WorkflowTaskCompletedMetadata.decode(step.response.sdkMetadata);
    assert.deepEqual(metadata.coreUsedFlags, [1, 2, 3]);
    assert.equal(metadata.sdkName, 'perdure');
    history
      .completed(step.response.sdkMetadata)
      .add(EventType.TIMER_STARTED, { timerId: '1' })
      .add(EventType.ACTIVITY_TASK_SCHEDULED, { activityId: '1', activityType: { name: 'act' } })
      .add(EventType.TIMER_FIRED, { timerId: '1', startedEventId: 5 })
      .signal('s')
      .openTask();
    assert.deepEqual(jobsOf(poll(run, history, 3)), ['signal', 'fireTimer']);
    const last = answer(run, { kind: 'completeWorkflow' });
    assert.deepEqual(commandsOf(last), [CommandType.COMPLETE_WORKFLOW_EXECUTION]);
    assert.ok(last.kind === 'respond');
    assert.deepEqual(WorkflowTaskCompletedMetadata.decode(last.response.sdkMetadata).coreUsedFlags, []);
  });

  it('replays a timer whose duration was changed, and tells of it', () => {
    const run = newRun();
    const history = new History()
      .started()
      .task()
      .add(EventType.TIMER_STARTED, { timerId: '1', startToFireTimeout: 30_000 })
      .add(EventType.TIMER_FIRED, { timerId: '1', startedEventId: 5 })
      .openTask();
    poll(run, history, 3);
    assert.deepEqual(jobsOf(answer(run, timer(1))), ['fireTimer']);
    assert.deepEqual(run.deviations, [
      { eventId: 5, message: 'started timer 1: it lasts 1000 ms, history has 30000 ms' },
    ]);
  });

  it('sorts jobs: patches, seeds, signals, others', () => {
    const run = newRun();
    const history = new History().started().openTask();
    poll(run, history);
    answer(run, activity(1));
    history
      .completed(FLAGS)
      .add(EventType.ACTIVITY_TASK_SCHEDULED, { activityId: '1', activityType: { name: 'act' } })
      .add(EventType.ACTIVITY_TASK_STARTED, { scheduledEventId: 5 })
      .add(EventType.ACTIVITY_TASK_COMPLETED, { scheduledEventId: 5 })
      .add(EventType.WORKFLOW_EXECUTION_CANCEL_REQUESTED, { cause: 'why' })
      .signal('a')
      .openTask()
      .add(EventType.WORKFLOW_TASK_FAILED, { cause: 20, newRunId: 'other' })
      .openTask();
    assert.deepEqual(jobsOf(poll(run, history, 3)), [
      'updateRandomSeed',
      'signal',
      'resolveActivity',
      'cancelWorkflow',
    ]);
  });

  it('puts the end last and only once', () => {
    const run = newRun();
    poll(run, new History().started().openTask());
    const step = answer(run, { kind: 'completeWorkflow' }, timer(1), { kind: 'cancelWorkflow' });
    assert.deepEqual(commandsOf(step), [CommandType.START_TIMER, CommandType.COMPLETE_WORKFLOW_EXECUTION]);
  });

  it('fails the task when the code failed, and reports a missing past', () => {
    const run = newRun();
    const history = new History().started().openTask();
    poll(run, history);
    assert.equal(applyCompletion(run, { status: 'failed', failure: new Uint8Array() }).kind, 'failTask');
    const cold = newRun();
    const later = new History().started().task().signal('s').openTask();
    later.events.splice(0, 3);
    assert.equal(poll(cold, later, 3).kind, 'cacheMiss');
  });

  it('answers queries alone, after everything else', () => {
    const run = newRun();
    const history = new History().started().openTask();
    const queries = new Map([['q1', { queryType: 'state' }]]);
    assert.deepEqual(jobsOf(poll(run, history, 0, { queries })), ['initialize']);
    const asked = answer(run, timer(1));
    assert.deepEqual(jobsOf(asked), ['query']);
    assert.ok(asked.kind === 'activate' && asked.activation.isReplaying);
    const step = answer(run, {
      kind: 'answerQuery',
      queryId: 'q1',
      answer: { status: 'answered', result: undefined },
    });
    assert.deepEqual(commandsOf(step), [CommandType.START_TIMER]);
    assert.ok(step.kind === 'respond' && step.response.answers.get('q1')?.status === 'answered');
  });
});

it('a run answers every query that it was asked', () => {
  const run = newRun();
  poll(run, new History().started().openTask(), 0, { queries: new Map([['q1', { queryType: 'state' }]]) });
  answer(run);
  const step = answer(run);
  assert.ok(step.kind === 'fault' && step.fault.kind === 'brokenContract');
});

it('a run answers a query that is all that a task is about', () => {
  const run = newRun();
  const history = new History().started().task();
  assert.deepEqual(jobsOf(poll(run, history, 3, { directQuery: { queryType: 'state' } })), ['initialize']);
  assert.deepEqual(jobsOf(answer(run)), ['query']);
  const reply = { status: 'answered', result: undefined } as const;
  const step = answer(run, { kind: 'answerQuery', queryId: '', answer: reply });
  assert.deepEqual(step, { kind: 'answerQuery', answer: reply });
});

it('a run forgets what is over', () => {
  const run = newRun();
  const history = new History()
    .started()
    .openTask()
    .completed(FLAGS)
    .add(EventType.TIMER_STARTED, { timerId: '1' })
    .add(EventType.ACTIVITY_TASK_SCHEDULED, { activityId: '1', activityType: { name: 'act' } })
    .add(EventType.TIMER_FIRED, { startedEventId: 5 })
    .openTask()
    .completed()
    .add(EventType.ACTIVITY_TASK_CANCEL_REQUESTED, { scheduledEventId: 6 })
    .add(EventType.ACTIVITY_TASK_CANCELED, { scheduledEventId: 6 })
    .openTask();
  poll(run, history, 9);
  assert.deepEqual(jobsOf(answer(run, timer(1), activity(1))), ['fireTimer']);
  assert.deepEqual(jobsOf(answer(run, { kind: 'cancelActivity', seq: 1 })), ['resolveActivity']);
  assert.equal(run.byEventId.size + run.timers.size + run.activities.size + run.outgoing.length, 0);
  assert.deepEqual(commandsOf(answer(run, { kind: 'cancelTimer', seq: 1 })), []);
});

describe('a mismatch', () => {
  it('says what history has, what the code did, and the patch to write', () => {
    const run = newRun();
    const history = new History()
      .started()
      .openTask()
      .completed(FLAGS)
      .add(EventType.ACTIVITY_TASK_SCHEDULED, { activityId: '3', activityType: { name: 'charge' } })
      .openTask();
    poll(run, history, 3);
    const fault = faultOf(answer(run, timer(7)));
    assert.equal(fault.eventId, 5);
    assert.equal(fault.historyHas, 'scheduled activity charge (id 3)');
    assert.equal(fault.codeDid, 'started timer 7');
    assert.match(fault.hint, /if \(patched\('my-change'\)\) \{ .*timer 7.* else \{ .*charge/);
  });

  it('of an event without its cause is a broken history', () => {
    const run = newRun();
    const history = new History().started().openTask().completed().signal('s');
    history.add(EventType.TIMER_FIRED, { startedEventId: 77 }).openTask();
    poll(run, history, 3);
    const step = answer(run);
    assert.ok(step.kind === 'fault' && step.fault.kind === 'brokenHistory' && step.fault.eventId === 6);
  });
});
