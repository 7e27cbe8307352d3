import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandType, EventType, Failure } from '@perdure/protocol';
import { FLAGS, activity, child, jobs, timer } from './testing/commands.js';
import { History, answer, commandsOf, jobsOf, newRun, poll } from './testing/history-builder.js';

describe('cancelling', () => {
  for (const [cancellation, told, asks] of [
    ['tryCancel', true, true],
    ['waitCompleted', false, true],
    ['abandon', true, false],
  ] as const)
    it(`an open activity: ${cancellation}`, () => {
      const run = newRun();
      const history = new History().started().openTask();
      poll(run, history);
      answer(run, activity(1, cancellation));
      history
        .completed(FLAGS)
        .add(EventType.ACTIVITY_TASK_SCHEDULED, { activityId: '1', activityType: { name: 'act' } })
        .signal('stop')
        .openTask();
      poll(run, history, 3);
      let step = answer(run, { kind: 'cancelActivity', seq: 1 });
      if (told) {
        const [job] = jobs(step);
        assert.ok(job?.kind === 'resolveActivity' && job.result.status === 'cancelled');
        assert.equal(Failure.decode(job.result.failure).activityFailureInfo?.activityId, '1');
        step = answer(run);
      }
      assert.deepEqual(commandsOf(step), asks ? [CommandType.REQUEST_CANCEL_ACTIVITY_TASK] : []);
    });

  it('what was not sent yet: the command is dropped', () => {
    const run = newRun();
    poll(run, new History().started().openTask());
    const step = answer(
      run,
      timer(1),
      activity(1),
      child(1, 'tryCancel'),
      { kind: 'signalExternal', seq: 1, attributes: { signalName: 's', execution: { workflowId: 'x' } } },
      { kind: 'cancelTimer', seq: 1 },
      { kind: 'cancelActivity', seq: 1 },
      { kind: 'cancelChild', seq: 1, reason: 'r' },
      { kind: 'cancelSignal', seq: 1 },
    );
    assert.deepEqual(jobsOf(step), ['resolveActivity', 'resolveChildStart', 'resolveSignalExternal']);
    assert.deepEqual(commandsOf(answer(run, timer(2))), [CommandType.START_TIMER]);
  });

  for (const [cancellation, told, asks] of [
    ['tryCancel', true, true],
    ['waitCompleted', false, true],
    ['waitRequested', false, true],
    ['abandon', true, false],
  ] as const)
    it(`a started child: ${cancellation}`, () => {
      const run = newRun();
      const history = new History().started().openTask();
      poll(run, history);
      answer(run, child(1, cancellation));
      history
        .completed(FLAGS)
        .add(EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED, {
          workflowId: 'child-1',
          workflowType: { name: 'kid' },
        })
        .add(EventType.CHILD_WORKFLOW_EXECUTION_STARTED, { initiatedEventId: 5, workflowExecution: { runId: 'k' } })
        .openTask();
      const [start] = jobs(poll(run, history, 3));
      assert.deepEqual(start, { kind: 'resolveChildStart', seq: 1, result: { status: 'started', runId: 'k' } });
      let step = answer(run, { kind: 'cancelChild', seq: 1, reason: 'r' });
      if (told) {
        assert.deepEqual(jobsOf(step), ['resolveChild']);
        step = answer(run);
      }
      assert.deepEqual(commandsOf(step), asks ? [CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION] : []);
      if (!asks) return;
      history
        .completed()
        .add(EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED, {
          workflowExecution: { workflowId: 'child-1' },
        })
        .add(EventType.EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED, { initiatedEventId: 10 })
        .add(EventType.CHILD_WORKFLOW_EXECUTION_CANCELED, { initiatedEventId: 5 })
        .openTask();
      const next = poll(run, history, 8);
      if (told) assert.deepEqual(commandsOf(next), []);
      else assert.deepEqual(jobsOf(next), ['resolveChild']);
    });

  it('reports a child that could not start and a signal that found nobody', () => {
    const run = newRun();
    const history = new History().started().openTask();
    poll(run, history);
    answer(run, child(1, 'abandon'), {
      kind: 'signalExternal',
      seq: 1,
      attributes: { signalName: 's', execution: { workflowId: 'x' } },
    });
    history
      .completed(FLAGS)
      .add(EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED, { workflowId: 'child-1', workflowType: { name: 'kid' } })
      .add(EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED, {
        workflowExecution: { workflowId: 'x' },
        signalName: 's',
      })
      .add(EventType.START_CHILD_WORKFLOW_EXECUTION_FAILED, { initiatedEventId: 5, cause: 1 })
      .add(EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED, { initiatedEventId: 6, cause: 1 })
      .openTask();
    const [start, signal] = jobs(poll(run, history, 3));
    assert.ok(start?.kind === 'resolveChildStart' && start.result.status === 'failed');
    assert.ok(signal?.kind === 'resolveSignalExternal' && signal.failure !== undefined);
    assert.match(Failure.decode(signal.failure).message, /not found/);
  });
});
