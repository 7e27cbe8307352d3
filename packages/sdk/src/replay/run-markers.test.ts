import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Acceptance, CommandType, EventType } from '@perdure/protocol';
import type { WorkflowCommand } from './contract.js';
import { localActivityDetails, patchDetails } from './markers.js';
import { keepAlive, resolveLocalActivity, takeLocalWork } from './run.js';
import { FLAGS, faultOf, jobs, local, localResult } from './testing/commands.js';
import { History, answer, commandsOf, jobsOf, newRun, poll } from './testing/history-builder.js';

describe('local activities', () => {
  it('run in the worker, keep the task alive, and leave a marker', () => {
    const run = newRun();
    const history = new History().started().openTask();
    poll(run, history);
    assert.equal(answer(run, local(1)).kind, 'waitForLocal');
    assert.deepEqual(takeLocalWork(run).toRun, [local(1)]);
    const beat = keepAlive(run);
    assert.ok(beat?.kind === 'respond' && beat.response.forceNewTask && beat.response.commands.length === 0);
    // Ends while no task is held.
    assert.equal(resolveLocalActivity(run, localResult(1)), undefined);
    history.completed(beat.response.sdkMetadata).openTask();
    const step = poll(run, history, 3);
    assert.deepEqual(jobsOf(step), ['resolveActivity']);
    assert.ok(step.kind === 'activate' && step.activation.timestampMs === 2_000_000);
    const last = answer(run, { kind: 'completeWorkflow' });
    assert.deepEqual(commandsOf(last), [CommandType.RECORD_MARKER, CommandType.COMPLETE_WORKFLOW_EXECUTION]);
  });

  it('take their result from the marker on replay', () => {
    const run = newRun();
    const details = localActivityDetails(local(1), localResult(1));
    const history = new History()
      .started()
      .openTask()
      .completed(FLAGS)
      .add(EventType.MARKER_RECORDED, { markerName: 'core_local_activity', details })
      .add(EventType.WORKFLOW_EXECUTION_COMPLETED, {});
    poll(run, history, 3);
    assert.deepEqual(jobsOf(answer(run, local(1))), ['resolveActivity']);
    assert.deepEqual(takeLocalWork(run).toRun, []);
    assert.equal(answer(run, { kind: 'completeWorkflow' }).kind, 'replayed');
  });

  it('are run again when replay ends without a marker', () => {
    const run = newRun();
    const history = new History().started().openTask().completed(FLAGS).openTask();
    poll(run, history, 3);
    const step = answer(run, local(1));
    assert.equal(step.kind, 'waitForLocal', inspect(step, { depth: 6 }));
    assert.deepEqual(takeLocalWork(run).toRun, [local(1)]);
  });

  it('are run when a live task shows that no marker will come', () => {
    const run = newRun();
    const history = new History().started().openTask().completed(FLAGS).signal('s').openTask();
    assert.deepEqual(jobsOf(poll(run, history, 3)), ['initialize']);
    assert.deepEqual(jobsOf(answer(run, local(1))), ['signal']);
    assert.deepEqual(takeLocalWork(run).toRun, [local(1)]);
    assert.equal(answer(run).kind, 'waitForLocal');
    assert.deepEqual(jobsOf(resolveLocalActivity(run, localResult(1))), ['resolveActivity']);
    assert.deepEqual(commandsOf(answer(run)), [CommandType.RECORD_MARKER]);
  });

  it('need not run when they are cancelled at once', () => {
    const run = newRun();
    poll(run, new History().started().openTask());
    const step = answer(run, local(1), { kind: 'cancelLocalActivity', seq: 1 });
    assert.deepEqual(jobsOf(step), ['resolveActivity']);
    assert.deepEqual(takeLocalWork(run), { toRun: [], toCancel: [] });
    assert.deepEqual(commandsOf(answer(run)), [CommandType.RECORD_MARKER]);
  });
});

describe('updates', () => {
  const request = { requestId: '', completionCallbacks: [], links: [], meta: { updateId: 'u', identity: 'me' } };
  const incoming = { messageId: 'u/request', protocolInstanceId: 'u', sequencingEventId: 2, request };
  const respond = (response: Extract<WorkflowCommand, { kind: 'respondUpdate' }>['response']): WorkflowCommand => ({
    kind: 'respondUpdate',
    protocolInstanceId: 'u',
    response,
  });

  it('are accepted and completed by messages', () => {
    const run = newRun();
    const step = poll(run, new History().started().openTask(), 0, { updates: [incoming] });
    assert.deepEqual(jobsOf(step), ['initialize', 'doUpdate']);
    const last = answer(run, respond({ status: 'accepted' }), respond({ status: 'completed', result: undefined }));
    assert.deepEqual(commandsOf(last), [CommandType.PROTOCOL_MESSAGE, CommandType.PROTOCOL_MESSAGE]);
    assert.ok(last.kind === 'respond');
    const { messages } = last.response;
    assert.deepEqual(
      messages.map(({ id }) => id),
      ['u/request/accept', 'u/request/complete'],
    );
    assert.equal(Acceptance.decode(messages[0]!.body!.value!).acceptedRequestSequencingEventId, 2);
  });

  it('are rejected by a message without a command', () => {
    const run = newRun();
    poll(run, new History().started().openTask(), 0, { updates: [incoming] });
    const last = answer(run, respond({ status: 'rejected', failure: new Uint8Array() }));
    assert.deepEqual(commandsOf(last), []);
    assert.ok(last.kind === 'respond' && last.response.messages.length === 1);
  });

  it('are not validated again on replay', () => {
    const run = newRun();
    const history = new History()
      .started()
      .openTask()
      .completed(FLAGS)
      .add(EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED, { protocolInstanceId: 'u', acceptedRequest: request })
      .add(EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED, { meta: request.meta })
      .add(EventType.WORKFLOW_EXECUTION_COMPLETED, {});
    const job = jobs(poll(run, history, 3)).find(({ kind }) => kind === 'doUpdate');
    assert.ok(job?.kind === 'doUpdate' && !job.runValidator);
    const completed = respond({ status: 'completed', result: undefined });
    const step = answer(run, respond({ status: 'accepted' }), completed, { kind: 'completeWorkflow' });
    assert.equal(step.kind, 'replayed', inspect(step, { depth: 6 }));
  });

  it('cannot be completed before they are accepted', () => {
    const run = newRun();
    poll(run, new History().started().openTask(), 0, { updates: [incoming] });
    const step = answer(run, respond({ status: 'completed', result: undefined }));
    assert.ok(step.kind === 'fault' && step.fault.kind === 'brokenContract');
  });
});

describe('patches', () => {
  const patch = (patchId: string, deprecated = false): WorkflowCommand => ({ kind: 'setPatch', patchId, deprecated });
  const marked = (deprecated: boolean) =>
    new History()
      .started()
      .openTask()
      .completed(FLAGS)
      .add(EventType.MARKER_RECORDED, { markerName: 'core_patch', details: patchDetails('p', deprecated) })
      .add(EventType.WORKFLOW_EXECUTION_COMPLETED, {});

  it('leave a marker and are listed, once', () => {
    const run = newRun();
    poll(run, new History().started().openTask());
    const step = answer(run, patch('p'), patch('p'));
    assert.deepEqual(commandsOf(step), [CommandType.RECORD_MARKER, CommandType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]);
  });

  it('that history has must be asked for, unless they are deprecated', () => {
    const run = newRun();
    assert.deepEqual(jobsOf(poll(run, marked(false), 3)), ['initialize', 'notifyHasPatch']);
    const fault = faultOf(answer(run, { kind: 'completeWorkflow' }));
    assert.equal(fault.eventId, 5);
    assert.match(fault.historyHas, /asked for patch p/);
    const other = newRun();
    poll(other, marked(true), 3);
    assert.equal(answer(other, { kind: 'completeWorkflow' }).kind, 'replayed');
  });

  it('that history does not have are no mismatch', () => {
    const run = newRun();
    const history = new History().started().openTask().completed(FLAGS).add(EventType.WORKFLOW_EXECUTION_COMPLETED, {});
    poll(run, history, 3);
    assert.equal(answer(run, patch('new', true), { kind: 'completeWorkflow' }).kind, 'replayed');
  });
});
