import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Memo } from '@perdure/protocol';
import { CancelledFailure, ChildWorkflowFailure, ApplicationFailure } from '../conversion/failure.js';
import {
  bundle,
  cancel,
  childDone,
  childStarted,
  decode,
  encodeError,
  failureOf,
  resultOf,
  signal,
  TestRun,
} from './testing/driver.js';

const SOURCE = `
const { startChild, executeChild, CancellationScope, condition, setHandler, defineSignal, getExternalWorkflowHandle } = wf;
export async function kid() {}
export async function options() {
  const key = wf.defineSearchAttributeKey('K', 'KEYWORD');
  await startChild(kid as any, {
    workflowId: 'w', args: [1, 2], taskQueue: 'q2', workflowExecutionTimeout: '1h', workflowRunTimeout: '30m', workflowTaskTimeout: '5s',
    workflowIdReusePolicy: 'REJECT_DUPLICATE', parentClosePolicy: 'ABANDON', cronSchedule: '* * * * *', memo: { a: 1 },
    typedSearchAttributes: [{ key, value: 'v' }], retry: { maximumAttempts: 2 }, staticSummary: 's', staticDetails: 'd', priority: { priorityKey: 1 },
  });
}
export async function starts() {
  const child = await startChild('kid', { workflowId: 'c' });
  trace.push(child.firstExecutionRunId);
  await child.signal(defineSignal<[number]>('ping'), 5);
  return child.result();
}
export async function executes() { return executeChild('kid'); }
export async function duplicate() { return startChild('kid', { workflowId: 'c' }).then(() => 'started', (e: any) => [e.name, e.workflowId, e.workflowType]); }
export async function uncaught() { await startChild('kid', { workflowId: 'c' }); }
export async function cancels(type: any) {
  const scope = new CancellationScope();
  setHandler(defineSignal('go'), () => scope.cancel());
  return scope.run(() => executeChild('kid', { cancellationType: type })).catch((e: any) => [e.name, e.cause.name, wf.isCancellation(e)]);
}
export async function startsOnly() { await startChild('kid', { workflowId: 'c', parentClosePolicy: 'ABANDON' }); }
export async function forgets() { void startChild('kid', { workflowId: 'c' }); }
export async function reaches() {
  const other = getExternalWorkflowHandle('o', 'r');
  await other.signal('hello', 1);
  return other.cancel().then(() => 'asked', (e: any) => e.message);
}
export async function scopedReach() {
  const scope = new CancellationScope();
  scope.cancel();
  return scope.run(() => getExternalWorkflowHandle('o').cancel()).catch((e: any) => e.name);
}
export async function reachesWhenCancelled() {
  try { await condition(() => false); } catch {}
  return CancellationScope.nonCancellable(() => getExternalWorkflowHandle('o').signal('s'));
}
`;

describe('children and other workflows', () => {
  let code: string;
  before(async () => {
    code = await bundle(SOURCE);
  });
  const run = (workflowType: string): TestRun => new TestRun(code, { setup: { workflowType } });

  it('puts every option of a child into the command', () => {
    const [command] = run('options').start().commands;
    assert.ok(command?.kind === 'startChild' && command.userMetadata);
    const { input, memo, searchAttributes, ...rest } = command.attributes;
    assert.deepEqual([decode(input), Memo.decode(memo!).fields.size, searchAttributes !== undefined], [1, 1, true]);
    assert.deepEqual(JSON.parse(JSON.stringify(rest)), {
      namespace: 'default',
      workflowId: 'w',
      workflowType: { name: 'kid' },
      taskQueue: { name: 'q2' },
      workflowExecutionTimeout: 3_600_000,
      workflowRunTimeout: 1_800_000,
      workflowTaskTimeout: 5000,
      workflowIdReusePolicy: 3,
      parentClosePolicy: 2,
      retryPolicy: { backoffCoefficient: 0, maximumAttempts: 2, nonRetryableErrorTypes: [] },
      cronSchedule: '* * * * *',
      inheritBuildId: false,
      priority: { priorityKey: 1, fairnessKey: '', fairnessWeight: 0 },
    });
  });

  it('starts, signals and awaits a child', () => {
    const r = run('starts');
    assert.deepEqual(r.start().lines, ['startChild 1 c kid waitCompleted']);
    assert.deepEqual(r.activate(childStarted(1)).lines, ['signalExternal 1 ping c true']);
    assert.deepEqual(r.takeTrace(), ['child-run']);
    r.activate({ kind: 'resolveSignalExternal', seq: 1, failure: undefined });
    assert.equal(resultOf(r.activate(childDone(1, 'grown'))), 'grown');
  });

  it('gives a child a random id, the same in every replay', () => {
    const [first, second] = [run('executes').start().lines, run('executes').start().lines];
    assert.deepEqual(first, second);
    assert.match(first[0]!, /^startChild 1 [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} kid/);
  });

  it('awaits start and result at once', () => {
    const r = run('executes');
    r.start();
    assert.equal(resultOf(r.activate(childStarted(1), childDone(1, 7))), 7);
  });

  it('tells of an id that is taken, and fails the workflow with it', () => {
    const taken = { status: 'failed', workflowId: 'c', workflowType: 'kid', cause: 1 } as const;
    const r = run('duplicate');
    r.start();
    const outcome = r.activate({ kind: 'resolveChildStart', seq: 1, result: taken });
    assert.deepEqual(resultOf(outcome), ['WorkflowExecutionAlreadyStartedError', 'c', 'kid']);
    const other = run('uncaught');
    other.start();
    const failure = failureOf(other.activate({ kind: 'resolveChildStart', seq: 1, result: taken }));
    assert.equal(failure?.message, 'Workflow execution already started');
  });

  it('cancels a child and throws what became of it', () => {
    const r = run('cancels');
    r.start(['TRY_CANCEL']);
    r.activate(childStarted(1));
    assert.deepEqual(r.activate(signal('go')).lines, ['cancelChild 1']);
    const execution = { workflowId: 'c', runId: 'r' };
    const error = new ChildWorkflowFailure('default', execution, 'kid', undefined, new CancelledFailure(''));
    const result = { status: 'cancelled', failure: encodeError(error) } as const;
    const outcome = r.activate({ kind: 'resolveChild', seq: 1, result });
    assert.deepEqual(resultOf(outcome), ['ChildWorkflowFailure', 'CancelledFailure', true]);
  });

  it('rejects the start of a child that was cancelled before it was sent', () => {
    const r = run('cancels');
    r.start();
    assert.deepEqual(r.activate(signal('go')).lines, ['cancelChild 1']);
    const error = new ChildWorkflowFailure(
      'default',
      { workflowId: 'c', runId: '' },
      'kid',
      undefined,
      new CancelledFailure(''),
    );
    const result = { status: 'cancelled', failure: encodeError(error) } as const;
    const outcome = r.activate({ kind: 'resolveChildStart', seq: 1, result });
    assert.deepEqual(resultOf(outcome), ['ChildWorkflowFailure', 'CancelledFailure', true]);
  });

  it('needs no result of a child that is only started', () => {
    const r = run('startsOnly');
    r.start();
    assert.deepEqual(r.activate(childStarted(1)).lines, ['completeWorkflow']);
  });

  it('warns of a child whose start nobody waited for', () => {
    const { logs, lines } = run('forgets').start();
    assert.deepEqual(lines, ['startChild 1 c kid waitCompleted', 'completeWorkflow']);
    assert.match(logs[0]!, /without waiting for the start of its child workflow 'kid'.*\n.*forgets/);
  });

  it('signals and cancels another workflow', () => {
    const r = run('reaches');
    assert.deepEqual(r.start().lines, ['signalExternal 1 hello o false']);
    assert.deepEqual(r.activate({ kind: 'resolveSignalExternal', seq: 1, failure: undefined }).lines, [
      'cancelExternal 1 o',
    ]);
    const failure = encodeError(ApplicationFailure.create({ message: 'not found' }));
    assert.equal(resultOf(r.activate({ kind: 'resolveCancelExternal', seq: 1, failure })), 'not found');
  });

  it('ends the wait for a cancellation of another workflow with the scope, by a patch', () => {
    const { lines } = run('scopedReach').start();
    assert.deepEqual(lines, [
      'setPatch __temporal_internal_connect_external_handle_cancel_to_scope false',
      'completeWorkflow',
    ]);
    const old = run('scopedReach');
    old.isReplaying = true;
    assert.deepEqual(old.start().lines, ['cancelExternal 1 o']);
  });

  it('reaches others after its own cancellation', () => {
    const r = run('reachesWhenCancelled');
    r.start();
    assert.deepEqual(r.activate(cancel()).lines, ['signalExternal 1 s o false']);
  });
});
