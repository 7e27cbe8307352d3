import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { ActivityFailure, ApplicationFailure } from '../conversion/failure.js';
import { Payloads } from '@perdure/protocol';
import {
  bundle,
  cancel,
  done,
  encode,
  encodeError,
  failed,
  failureOf,
  fire,
  resultOf,
  signal,
  TestRun,
} from './testing/driver.js';

const SOURCE = `
const { sleep, condition, setHandler, defineSignal } = wf;
const { a, b } = wf.proxyActivities<any>({ startToCloseTimeout: '1m', retry: { maximumAttempts: 3 } });
const local = wf.proxyLocalActivities<any>({ startToCloseTimeout: '1m' });
const go = defineSignal<[number]>('go');

export async function options() {
  await wf.proxyActivities<any>({
    activityId: 'mine', taskQueue: 'elsewhere', heartbeatTimeout: '10s', scheduleToCloseTimeout: '1h',
    scheduleToStartTimeout: '30s', startToCloseTimeout: '20s', allowEagerDispatch: true, summary: 'sum',
    cancellationType: 'ABANDON', priority: { priorityKey: 2 }, retry: { initialInterval: '2s', maximumAttempts: 4 },
  }).a(1, 'x', undefined);
}
export async function override() {
  await a.executeWithOptions({ startToCloseTimeout: '5s', retry: { initialInterval: '3s' }, taskQueue: 'q2' }, [7]);
}
export async function fails() { return a().catch((e: any) => [e.name, e.activityType, e.cause.name, e.cause.message, e.cause.type]); }
export async function lets() { await a(); }
export async function localBackoff() { return local.near(5); }
export async function order() {
  const note = (name: string) => (value: unknown) => void trace.push(name);
  setHandler(go, (n) => void trace.push('signal ' + n));
  await Promise.all([
    a().then(note('a')), sleep(1).then(note('timer')), b().then(note('b')),
    condition(() => trace.length >= 3).then(note('condition')),
    Promise.race([sleep(2).then(note('t2')), sleep(3)]).then(note('race')),
  ]);
}
export async function conditionFirst() {
  let flag = false;
  setHandler(go, () => void (flag = true));
  const results = await Promise.all([condition(() => flag, '1m'), condition(() => false, 1000)]);
  return results;
}
export async function conditionZero() { return condition(() => false, 0); }
export async function timers() {
  const g = globalThis as any;
  const one = g.setTimeout(() => trace.push('one'), 1000);
  const two = g.setTimeout((x: string) => trace.push('two ' + x), '2000', 'x');
  g.clearTimeout(one); g.clearTimeout(one); g.clearTimeout(undefined);
  trace.push(one, two);
  await sleep(5);
  return [Date.now(), new Date().getTime()];
}
export async function summary() { await sleep(1, { summary: 'a nap' }); }
export async function bad() { await (sleep as any)('soon'); }
export async function noTimeout() { wf.proxyActivities({} as any); }
export async function noOptions() { (wf.proxyActivities as any)(); }
export async function symbol() { (wf.proxyActivities({ startToCloseTimeout: 1 }) as any)[Symbol.iterator]; }
export async function notData() { await a(() => 1).catch((e: any) => { throw wf.ApplicationFailure.create({ message: e.message }); }); }
export async function notACondition() { await (condition as any)(true); }
export async function stepUnbundled() { await wf.step('x', () => 1); }
export async function stepBundled() { return wf.scheduleStep('fetch it', 'step:main:1', [1, 'b']); }
`;

describe('activities, timers and conditions', () => {
  let code: string;
  before(async () => {
    code = await bundle(SOURCE);
  });
  const run = (workflowType: string, realm = {}): TestRun => new TestRun(code, { setup: { workflowType }, realm });

  it('puts every option of an activity into the command', () => {
    const [command] = run('options').start().commands;
    assert.ok(command?.kind === 'scheduleActivity' && command.userMetadata);
    assert.equal(command.cancellation, 'abandon');
    const { input, ...rest } = command.attributes;
    assert.deepEqual(JSON.parse(JSON.stringify(rest)), {
      activityId: 'mine',
      activityType: { name: 'a' },
      taskQueue: { name: 'elsewhere' },
      scheduleToCloseTimeout: 3_600_000,
      scheduleToStartTimeout: 30_000,
      startToCloseTimeout: 20_000,
      heartbeatTimeout: 10_000,
      retryPolicy: { backoffCoefficient: 0, initialInterval: 2000, maximumAttempts: 4, nonRetryableErrorTypes: [] },
      requestEagerExecution: false,
      useWorkflowBuildId: false,
      priority: { priorityKey: 2, fairnessKey: '', fairnessWeight: 0 },
    });
    assert.equal(Payloads.decode(input!).payloads.length, 3);
  });

  it('merges options of one call into those of the proxy', () => {
    const [command] = run('override').start().commands;
    assert.ok(command?.kind === 'scheduleActivity');
    const { startToCloseTimeout, retryPolicy, taskQueue, requestEagerExecution } = command.attributes;
    assert.deepEqual([startToCloseTimeout, taskQueue?.name, requestEagerExecution], [5000, 'q2', false]);
    assert.deepEqual([retryPolicy?.initialInterval, retryPolicy?.maximumAttempts], [3000, 3]);
  });

  it('throws what an activity failed with', () => {
    const cause = ApplicationFailure.create({ message: 'no', type: 'No' });
    const failure = new ActivityFailure('Activity task failed', 'a', '1', undefined, undefined, cause);
    const r = run('fails');
    r.start();
    assert.deepEqual(resultOf(r.activate(failed(1, failure))), [
      'ActivityFailure',
      'a',
      'ApplicationFailure',
      'no',
      'No',
    ]);
    const other = run('lets');
    other.start();
    const outcome = failureOf(other.activate(failed(1, failure)));
    assert.equal(outcome?.activityFailureInfo?.activityType?.name, 'a');
    assert.equal(outcome?.cause?.message, 'no');
  });

  it('schedules a local activity again after a back-off by timer', () => {
    const r = run('localBackoff');
    assert.deepEqual(r.start().lines, ['scheduleLocalActivity 1 1 near 1']);
    const backoff = { status: 'backoff', attempt: 4, backoffMs: 90_000, originalScheduleTimeMs: 123 } as const;
    assert.deepEqual(r.activate({ kind: 'resolveActivity', seq: 1, isLocal: true, result: backoff }).lines, [
      'startTimer 1 90000',
    ]);
    const [command] = r.activate(fire(1)).commands;
    assert.ok(command?.kind === 'scheduleLocalActivity');
    assert.deepEqual([command.seq, command.attempt, command.originalScheduleTimeMs], [2, 4, 123]);
    assert.equal(resultOf(r.activate(done(2, 'near enough', true))), 'near enough');
  });

  it('refuses a local activity that the worker does not have, but not in replay', () => {
    const realm = { activityTypes: ['neat', 'far'] };
    assert.match(
      String(run('localBackoff', realm).start().failure?.message),
      /'near' not registered on worker.*Did you mean 'neat'/,
    );
    const replaying = run('localBackoff', realm);
    replaying.isReplaying = true;
    assert.equal(replaying.start().lines.length, 1);
  });

  it('resumes promises in the order of jobs, conditions behind what made them true', () => {
    const r = run('order');
    r.start();
    r.activate(signal('go', 1), done(2), fire(1), fire(2), done(1));
    assert.deepEqual(r.takeTrace(), ['signal 1', 'b', 'timer', 't2', 'a', 'race', 'condition']);
  });

  it('handles signals in a batch of their own in old histories', () => {
    const r = run('order');
    r.isReplaying = true;
    r.start();
    r.activate(done(2), signal('go', 1), fire(1));
    assert.deepEqual(r.takeTrace(), ['signal 1', 'b', 'timer', 'condition']);
    const flagged = run('order');
    flagged.isReplaying = true;
    flagged.runtimeFlags = [1, 2];
    flagged.start();
    flagged.activate(done(2), signal('go', 1), fire(1));
    assert.deepEqual(flagged.takeTrace(), ['signal 1', 'b', 'timer', 'condition']);
  });

  it('tells which of its flags an activation relied on', () => {
    const r = run('conditionFirst');
    assert.deepEqual(r.start().usedFlags, []);
    assert.deepEqual(r.activate(signal('go', 1)).usedFlags, [2]);
    assert.deepEqual(r.activate(signal('go', 1)).usedFlags, []);
  });

  it('knows from a condition whether it held in time', () => {
    const r = run('conditionFirst');
    assert.deepEqual(r.start().lines, ['startTimer 1 60000', 'startTimer 2 1000']);
    assert.deepEqual(r.activate(signal('go', 1)).lines, ['cancelTimer 1']);
    assert.deepEqual(resultOf(r.activate(fire(2))), [true, false]);
  });

  it('waits a millisecond for a condition without time, except in histories from before that', () => {
    assert.deepEqual(run('conditionZero').start().lines, [
      'setPatch __sdk_internal_patch_number:1 false',
      'startTimer 1 1',
    ]);
    const old = run('conditionZero');
    old.isReplaying = true;
    assert.deepEqual(old.start().lines, []);
  });

  it('makes durable timers of setTimeout, numbered with those of sleep', () => {
    const r = run('timers');
    assert.deepEqual(r.start().lines, ['startTimer 1 1000', 'startTimer 2 2000', 'cancelTimer 1', 'startTimer 5 5']);
    assert.deepEqual(r.takeTrace(), [1, 2]);
    r.activate(fire(2));
    assert.deepEqual(r.takeTrace(), ['two x']);
    const outcome = r.activate(fire(5));
    assert.deepEqual(resultOf(outcome), [r.nowMs, r.nowMs]);
  });

  it('names a timer', () => {
    const [command] = run('summary').start().commands;
    assert.ok(command?.kind === 'startTimer' && command.userMetadata !== undefined);
  });

  const mistakes: readonly (readonly [workflow: string, message: RegExp])[] = [
    ['bad', /"soon" is not a duration: give milliseconds/],
    ['noTimeout', /Required either scheduleToCloseTimeout or startToCloseTimeout.*Set startToCloseTimeout/],
    ['noOptions', /an activity without options: pass at least \{ startToCloseTimeout/],
    ['symbol', /Only strings are supported for Activity types, got: Symbol\(Symbol.iterator\)/],
    ['notACondition', /condition\(\) was given true instead of a function/],
    ['stepUnbundled', /step 'x' was not lifted out of the workflow/],
  ];
  for (const [workflow, message] of mistakes)
    it(`explains: ${workflow}`, () => {
      assert.match(String(run(workflow).start().failure?.message), message);
    });

  it('rejects a call whose arguments cannot be sent', () => {
    assert.match(String(failureOf(run('notData').start())?.message), /functions cannot be sent/);
  });

  it('runs a step as a local activity', () => {
    const r = run('stepBundled');
    assert.deepEqual(r.start().lines, ['scheduleLocalActivity 1 1 step:main:1 1']);
    assert.equal(resultOf(r.activate(done(1, 'fetched', true))), 'fetched');
  });

  it('rejects what was cancelled by the core before it was sent', () => {
    const r = run('lets');
    r.start();
    assert.deepEqual(r.activate(cancel()).lines, ['cancelActivity 1']);
    const failure = encodeError(ApplicationFailure.create({ message: 'x' }));
    const outcome = r.activate({
      kind: 'resolveActivity',
      seq: 1,
      isLocal: false,
      result: { status: 'failed', failure },
    });
    assert.deepEqual(outcome.lines, ['failWorkflow x']);
    assert.ok(encode() === undefined);
  });
});
