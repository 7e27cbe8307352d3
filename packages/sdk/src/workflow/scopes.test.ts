import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { ActivityFailure, CancelledFailure } from '../conversion/failure.js';
import { bundle, cancel, cancelled, done, fire, resultOf, signal, TestRun } from './testing/driver.js';

const SOURCE = `
const { CancellationScope, isCancellation, sleep, condition, setHandler, defineSignal, Trigger } = wf;
const { act, other } = wf.proxyActivities<any>({ startToCloseTimeout: '1m' });
const { patient } = wf.proxyActivities<any>({ startToCloseTimeout: '1m', cancellationType: 'WAIT_CANCELLATION_COMPLETED' });
const go = defineSignal('go');
const told = (promise: Promise<unknown>) => promise.then((v) => 'got ' + v, (e) => e.name + (isCancellation(e) ? ' c' : ''));

export async function timer() { return told(sleep('1h')); }
export async function cancelsTimer() {
  const scope = new CancellationScope();
  const waiting = told(scope.run(() => sleep('1h')));
  scope.cancel();
  return waiting;
}
export async function uncaught() { await sleep('1h'); }
export async function cleanup() {
  try { await sleep('1h'); } finally { await CancellationScope.nonCancellable(() => act('clean')); }
}
export async function shield() { return told(CancellationScope.nonCancellable(() => sleep('1h'))); }
export async function shieldInRoot() {
  const scope = new CancellationScope({ cancellable: false });
  const inner = scope.run(() => act(1));
  try { await CancellationScope.current().cancelRequested; } catch { return [await inner, scope.consideredCancelled]; }
}
export async function cancelledFirst() {
  const scope = new CancellationScope();
  scope.cancel();
  return [
    await told(scope.run(() => sleep(1))), await told(scope.run(() => act(1))),
    await told(scope.run(() => condition(() => true))), await told(scope.run(() => wf.executeChild('kid'))),
    await told(scope.run(() => wf.getExternalWorkflowHandle('x').signal('s'))),
    await told(scope.run(() => new Trigger() as any)), scope.consideredCancelled,
  ];
}
export async function timeout() { return told(CancellationScope.withTimeout('10s', () => act(1))); }
export async function timeoutInTime() { await CancellationScope.withTimeout('10s', () => act(1)); return 'in time'; }
export async function nested() {
  const outer = new CancellationScope();
  const all = told(outer.run(() => CancellationScope.cancellable(() => CancellationScope.nonCancellable(
    () => CancellationScope.cancellable(() => Promise.race([act(1), sleep('1h')]))))));
  await condition(() => false).catch(() => outer.cancel());
  return all;
}
export async function shared() {
  const scope = new CancellationScope();
  const a = told(scope.run(() => act(1)));
  const b = told(scope.run(() => other(2)));
  setHandler(go, () => scope.cancel());
  return [await a, await b];
}
export async function waits() { const scope = new CancellationScope(); const p = told(scope.run(() => patient(1))); setHandler(go, () => scope.cancel()); return p; }
export async function resumes() { try { await sleep('1h'); } catch { /* goes on */ } return told(CancellationScope.nonCancellable(() => sleep(1))); }
export async function callbacks() {
  const scope = new CancellationScope();
  scope.cancelRequested.catch(() => trace.push('requested'));
  const waiting = scope.run(() => { trace.push('inside ' + (CancellationScope.current() === scope)); return sleep(1000); });
  waiting.catch(() => trace.push('rejected'));
  scope.cancel();
  trace.push('cancel returned ' + scope.consideredCancelled);
  await told(waiting);
}
export async function loop() {
  for (let i = 0; i < 50; i++) { await CancellationScope.cancellable(async () => undefined); await condition(() => true, 1000); }
  return 'looped';
}
export async function followsAwait() {
  const store = new wf.AsyncLocalStorage<string>();
  const seen: unknown[] = [store.getStore()];
  await store.run('x', async () => {
    seen.push(store.getStore());
    await act(1);
    seen.push(store.getStore());
    await store.run('y', async () => { await Promise.all([sleep(1), act(2)]); seen.push(store.getStore()); });
    seen.push(store.getStore(), store.exit(() => store.getStore()));
  });
  seen.push(store.getStore());
  return seen;
}
export async function trigger() { const t = new Trigger<string>(); setHandler(go, () => t.resolve('went')); return told(Promise.race([t, sleep('1h')])); }
`;

describe('cancellation scopes', () => {
  let code: string;
  before(async () => {
    code = await bundle(SOURCE);
  });
  const run = (workflowType: string): TestRun => new TestRun(code, { setup: { workflowType } });
  const cancelledActivity = new ActivityFailure(
    'Activity cancelled',
    'act',
    '1',
    undefined,
    undefined,
    new CancelledFailure(''),
  );

  it('cancels a timer of the root scope when the workflow is cancelled', () => {
    const r = run('timer');
    assert.deepEqual(r.start().lines, ['startTimer 1 3600000']);
    const outcome = r.activate(cancel());
    assert.deepEqual(outcome.lines, ['cancelTimer 1', 'completeWorkflow']);
    assert.equal(resultOf(outcome), 'CancelledFailure c');
  });

  it('cancels a timer in the task that started it', () => {
    assert.deepEqual(run('cancelsTimer').start().lines, ['startTimer 1 3600000', 'cancelTimer 1', 'completeWorkflow']);
  });

  it('ends the workflow as cancelled when nobody catches it', () => {
    const r = run('uncaught');
    r.start();
    assert.deepEqual(r.activate(cancel()).lines, ['cancelTimer 1', 'cancelWorkflow']);
  });

  it('cleans up in a scope that is not cancellable', () => {
    const r = run('cleanup');
    r.start();
    assert.deepEqual(r.activate(cancel()).lines, ['cancelTimer 1', 'scheduleActivity 1 1 act tryCancel']);
    assert.deepEqual(r.activate(done(1)).lines, ['cancelWorkflow']);
  });

  it('shields what is inside', () => {
    const r = run('shield');
    r.start();
    assert.deepEqual(r.activate(cancel()).lines, []);
    assert.equal(resultOf(r.activate(fire(1))), 'got undefined');
  });

  it('tells of a request in a shield without counting as cancelled', () => {
    const r = run('shieldInRoot');
    r.start();
    r.activate(cancel());
    assert.deepEqual(resultOf(r.activate(done(1, 'kept'))), ['kept', false]);
  });

  it('starts nothing in a scope that is cancelled', () => {
    const outcome = run('cancelledFirst').start();
    assert.deepEqual(outcome.lines, ['completeWorkflow']);
    assert.deepEqual(resultOf(outcome), [...Array<string>(6).fill('CancelledFailure c'), true]);
  });

  it('cancels what takes longer than the time-out', () => {
    const r = run('timeout');
    assert.deepEqual(r.start().lines, ['startTimer 1 10000', 'scheduleActivity 1 1 act tryCancel']);
    assert.deepEqual(r.activate(fire(1)).lines, ['cancelActivity 1']);
    assert.equal(resultOf(r.activate(cancelled(1, cancelledActivity))), 'ActivityFailure c');
  });

  it('ends the timer of a time-out with the scope, but not in old histories', () => {
    const r = run('timeoutInTime');
    r.start();
    assert.deepEqual(r.activate(done(1)).lines, ['cancelTimer 1', 'completeWorkflow']);
    const old = run('timeoutInTime');
    old.isReplaying = true;
    old.start();
    assert.deepEqual(old.activate(done(1)).lines, ['completeWorkflow']);
    const released = run('timeoutInTime');
    released.isReplaying = true;
    released.buildId = '@temporalio/worker@1.11.1+abc';
    released.start();
    assert.deepEqual(released.activate(done(1)).lines, ['cancelTimer 1', 'completeWorkflow']);
  });

  it('does not pass a shield on the way down', () => {
    const r = run('nested');
    r.start();
    assert.deepEqual(r.activate(cancel()).lines, []);
    assert.equal(resultOf(r.activate(done(1, 'all the same'))), 'got all the same');
  });

  it('cancels all that was started in a scope', () => {
    const r = run('shared');
    r.start();
    assert.deepEqual(r.activate(signal('go')).lines, ['cancelActivity 1', 'cancelActivity 2']);
    r.activate(cancelled(1, cancelledActivity), done(2, 'late'));
    const other = run('shared');
    other.start();
    other.activate(done(1, 'early'));
    assert.deepEqual(other.activate(signal('go')).lines, ['cancelActivity 2']);
  });

  it('waits for the end of an activity when asked to', () => {
    const r = run('waits');
    assert.deepEqual(r.start().lines, ['scheduleActivity 1 1 patient waitCompleted']);
    assert.deepEqual(r.activate(signal('go')).lines, ['cancelActivity 1']);
    assert.equal(resultOf(r.activate(done(1, 'finished anyway'))), 'got finished anyway');
  });

  it('lets a workflow go on after its cancellation', () => {
    const r = run('resumes');
    r.start();
    assert.deepEqual(r.activate(cancel()).lines, ['cancelTimer 1', 'startTimer 2 1']);
    assert.equal(resultOf(r.activate(fire(2))), 'got undefined');
  });

  it('tells listeners in the order in which they came, a microtask later', () => {
    const r = run('callbacks');
    r.start();
    assert.deepEqual(r.takeTrace(), ['inside true', 'cancel returned true', 'requested', 'rejected']);
  });

  it('keeps nothing of scopes and conditions that are over', () => {
    const r = run('loop');
    const { lines, commands } = r.start();
    assert.equal(lines.at(-1), 'completeWorkflow');
    assert.equal(commands.filter(({ kind }) => kind === 'cancelTimer').length, 50);
  });

  it('follows await with AsyncLocalStorage', () => {
    const r = run('followsAwait');
    r.start();
    r.activate(done(1));
    r.activate(fire(1));
    assert.deepEqual(resultOf(r.activate(done(2))), [null, 'x', 'x', 'y', 'x', null, null]);
  });

  it('settles a trigger from a handler, or by cancellation', () => {
    const r = run('trigger');
    r.start();
    assert.equal(resultOf(r.activate(signal('go'))), 'got went');
    const other = run('trigger');
    other.start();
    assert.equal(resultOf(other.activate(cancel())), 'CancelledFailure c');
  });
});
