import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { bundle, cancel, decode, done, failureOf, fire, resultOf, signal, TestRun, update } from './testing/driver.js';
import type { Outcome } from './testing/driver.js';
import { failureFromBytes } from '../conversion/proto-failure.js';

const SOURCE = `
const { condition, sleep, setHandler, defineSignal, defineQuery, defineUpdate, ApplicationFailure } = wf;
const add = defineSignal<[number]>('add');
const finish = defineSignal('finish');
const total = defineQuery<number, [number?]>('total');
const addNow = defineUpdate<number, [number]>('addNow');

export async function counter(start = 0) {
  let sum = start, finished = false;
  setHandler(add, (n) => { trace.push(n); sum += n; });
  setHandler(finish, () => void (finished = true));
  setHandler(total, (more = 0) => sum + more, { description: 'The sum.' });
  setHandler(addNow, async (n) => { if (n > 5) await sleep(1000); return (sum += n); }, {
    validator: (n) => { if (n <= 0) throw ApplicationFailure.create({ message: 'must be positive' }); (n as any) = 100; },
  });
  await condition(() => finished);
  return sum;
}
export async function late() {
  await sleep(1000);
  setHandler(add, (n) => void trace.push('add ' + n));
  trace.push('add is set');
  setHandler(addNow, (n) => { trace.push('now ' + n); return n; });
  await condition(() => false);
}
export async function byDefault() {
  wf.setDefaultSignalHandler((name, ...args) => void trace.push([name, ...args]));
  wf.setDefaultUpdateHandler((name, ...args) => [name, ...args]);
  wf.setDefaultQueryHandler((name, ...args) => [name, ...args]);
  await condition(() => false);
}
export async function reentrant() {
  const handled: number[] = [];
  setHandler(add, (n) => {
    handled.push(n);
    setHandler(add, (m) => { handled.push(m * 10); setHandler(add, (k) => void handled.push(k * 100)); });
  });
  return handled;
}
export async function cleared() {
  const got: number[] = [];
  setHandler(add, (n) => void got.push(n));
  setHandler(add, undefined);
  await condition(() => false, 1000);
  setHandler(add, (n) => void got.push(-n));
  return got;
}
export async function failsInSignal() {
  setHandler(finish, async () => { throw ApplicationFailure.create({ message: 'signal failed' }); });
  await condition(() => false);
}
export async function breaksInSignal() {
  setHandler(finish, () => { throw new TypeError('a bug'); });
  await condition(() => false);
}
export async function breaksInUpdate() {
  setHandler(addNow, async () => { throw new TypeError('a bug'); });
  await condition(() => false);
}
export async function failsInUpdate() {
  setHandler(addNow, async () => { throw ApplicationFailure.create({ message: 'refused', type: 'Refused' }); });
  await condition(() => false);
}
export async function unfinished(policy: any) {
  let finished = false;
  setHandler(finish, () => void (finished = true));
  setHandler(add, async () => { await sleep('1h'); }, { unfinishedPolicy: policy });
  setHandler(addNow, async (n) => { await sleep('1h'); return n; }, { unfinishedPolicy: policy });
  await condition(() => finished);
}
export async function waitsForHandlers() {
  let finished = false;
  setHandler(finish, () => void (finished = true));
  setHandler(add, async () => { await sleep(1000); });
  await condition(() => finished);
  await condition(wf.allHandlersFinished);
  return 'all finished';
}
export async function asks() {
  setHandler(total, (async () => 1) as any);
  setHandler(defineQuery('fails'), () => { throw new Error('no answer'); });
  setHandler(defineUpdate('who'), async () => { await sleep(1); return wf.currentUpdateInfo(); });
  return wf.currentUpdateInfo() ?? (await condition(() => false));
}
export async function continues() {
  setHandler(finish, () => wf.continueAsNew('x'));
  await condition(() => false);
}
export async function ignores() { await condition(() => false, 1000); }
export async function reserved() { setHandler(defineQuery('__stack_trace'), () => 1); }
export async function wrong() { setHandler(add, 5 as any); }
`;

describe('signals, queries and updates', () => {
  let code: string;
  before(async () => {
    code = await bundle(SOURCE);
  });
  const run = (workflowType: string): TestRun => new TestRun(code, { setup: { workflowType } });

  it('handles signals, answers queries, and ends when told', () => {
    const r = run('counter');
    r.start([1]);
    assert.deepEqual(r.activate(signal('add', 2), signal('add', 3)).lines, []);
    assert.deepEqual(r.takeTrace(), [2, 3]);
    assert.equal(r.query('total'), 6);
    assert.equal(r.query('total', 10), 16);
    assert.equal(resultOf(r.activate(signal('finish'))), 6);
  });

  it('has handled the signals that came with the start before the function goes on', () => {
    const r = run('counter');
    assert.equal(resultOf(r.start([0], signal('add', 5), signal('finish'))), 5);
  });

  it('runs a validator, then accepts, runs and completes an update', () => {
    const r = run('counter');
    r.start();
    const accepted = r.activate(update('addNow', 'u1', 2));
    assert.deepEqual(accepted.lines, ['respondUpdate u1 accepted', 'respondUpdate u1 completed']);
    assert.equal(responseOf(accepted, 'completed'), 2);
    assert.deepEqual(r.activate(update('addNow', 'u2', 0)).lines, ['respondUpdate u2 rejected']);
    assert.deepEqual(r.activate(update('addNow', 'u3', 7)).lines, ['respondUpdate u3 accepted', 'startTimer 1 1000']);
    assert.equal(responseOf(r.activate(fire(1)), 'completed'), 9);
  });

  it('does not validate what history has accepted', () => {
    const r = run('counter');
    r.start();
    const job = update('addNow', 'u1', -1);
    const outcome = r.activate(job.kind === 'doUpdate' ? { ...job, runValidator: false } : job);
    assert.equal(responseOf(outcome, 'completed'), -1);
  });

  it('keeps signals until their handler is set, and updates for one activation', () => {
    const r = run('late');
    r.start([], signal('add', 1));
    r.activate(signal('add', 2));
    const rejected = r.activate(update('addNow', 'u0', 1));
    assert.deepEqual(rejected.lines, ['respondUpdate u0 rejected']);
    r.activate(update('addNow', 'u1', 3), fire(1));
    assert.deepEqual(r.takeTrace(), ['add 1', 'add 2', 'add is set', 'now 3']);
  });

  it('names the updates there are when one is unknown', () => {
    const r = run('counter');
    r.start();
    const { commands } = r.activate(update('addnow', 'u1', 1));
    const [command] = commands;
    assert.ok(command?.kind === 'respondUpdate' && command.response.status === 'rejected');
    const { message } = failureFromBytes(command.response.failure);
    assert.equal(
      message,
      "No registered handler for update: addnow. Did you mean 'addNow'? Registered updates: [addNow]",
    );
  });

  it('gives what has no handler to the default ones', () => {
    const r = run('byDefault');
    r.start([], signal('a', 1), signal('b'));
    assert.deepEqual(JSON.parse(JSON.stringify(r.takeTrace())), [['a', 1], ['b']]);
    assert.deepEqual(responseOf(r.activate(update('u', 'u1', 5)), 'completed'), ['u', 5]);
    assert.deepEqual(r.query('q', 7), ['q', 7]);
    assert.match(String(r.activate(signal('__temporal_x')).failure?.message), /reserved prefix/);
  });

  it('dispatches waiting signals to the handler of the moment', () => {
    const r = run('reentrant');
    assert.deepEqual(resultOf(r.start([], signal('add', 1), signal('add', 2), signal('add', 3))), [1, 20, 300]);
  });

  it('keeps signals while a handler is removed', () => {
    const r = run('cleared');
    r.start();
    r.activate(signal('add', 1));
    assert.deepEqual(resultOf(r.activate(fire(1))), [-1]);
  });

  it('fails the workflow by a failure in a signal handler, the task by another error', () => {
    const r = run('failsInSignal');
    r.start();
    assert.equal(failureOf(r.activate(signal('finish')))?.message, 'signal failed');
    const broken = run('breaksInSignal');
    broken.start();
    assert.equal(broken.activate(signal('finish')).failure?.message, 'a bug');
  });

  it('fails the update by a failure, the task by another error', () => {
    const r = run('failsInUpdate');
    r.start();
    assert.deepEqual(r.activate(update('addNow', 'u1', 1)).lines, [
      'respondUpdate u1 accepted',
      'respondUpdate u1 rejected',
    ]);
    const broken = run('breaksInUpdate');
    broken.start();
    assert.equal(broken.activate(update('addNow', 'u1', 1)).failure?.message, 'a bug');
  });

  it('warns of handlers that a workflow leaves, if they do not say that it does not matter', () => {
    const r = run('unfinished');
    r.start();
    r.activate(signal('add', 1), signal('add', 1), update('addNow', 'u1', 1));
    const { logs } = r.activate(signal('finish'));
    assert.equal(logs.length, 2);
    assert.match(logs[0]!, /^warn: \[TMPRL1102\].*updates were unfinished: \[\{"name":"addNow","id":"u1"\}\]$/);
    assert.match(logs[1]!, /^warn: \[TMPRL1102\].*signals were unfinished: \[\{"name":"add","count":2\}\]$/);
    const silent = run('unfinished');
    silent.start(['ABANDON']);
    silent.activate(signal('add', 1), update('addNow', 'u1', 1));
    assert.deepEqual(silent.activate(signal('finish')).logs, []);
  });

  it('waits until all handlers have finished', () => {
    const r = run('waitsForHandlers');
    r.start();
    r.activate(signal('add', 1), signal('finish'));
    assert.equal(resultOf(r.activate(fire(1))), 'all finished');
  });

  it('explains what is wrong with a query', () => {
    const r = run('asks');
    r.start();
    assert.throws(
      () => r.query('total'),
      /Query handlers should not return a Promise: the handler of query 'total' is async/,
    );
    assert.throws(() => r.query('fails'), /^Error: no answer$/);
    assert.throws(
      () => r.query('totl'),
      /did not register a handler for totl\. Did you mean 'total'\? Registered queries: \[__enhanced_stack_trace __stack_trace __temporal_workflow_metadata fails total\]/,
    );
  });

  it('tells a handler which update it handles, also after a wait', () => {
    const r = run('asks');
    r.start();
    r.activate(update('who', 'u-7'));
    assert.deepEqual(responseOf(r.activate(fire(1)), 'completed'), { id: 'u-7', name: 'who' });
  });

  it('warns of continueAsNew in a handler, and does it', () => {
    const r = run('continues');
    r.start();
    const { lines, logs } = r.activate(signal('finish'));
    assert.deepEqual(lines, ['continueAsNew']);
    assert.match(logs[0]!, /^warn: continueAsNew was called in the handler of signal 'finish'/);
  });

  it('warns of signals that nobody handled', () => {
    const r = run('ignores');
    r.start();
    r.activate(signal('what'));
    assert.match(
      r.activate(fire(1)).logs[0]!,
      /without a handler for signals that it had got: \[\{"name":"what","count":1\}\]/,
    );
  });

  it('refuses reserved names and what is no handler', () => {
    assert.match(String(run('reserved').start().failure?.message), /'__stack_trace', which is a reserved name/);
    assert.match(String(run('wrong').start().failure?.message), /Got: 'number' for signal 'add'/);
  });

  it('cancels, when the workflow is cancelled, what a handler waits for', () => {
    const r = run('unfinished');
    r.start();
    r.activate(signal('add', 1));
    assert.deepEqual(r.activate(cancel()).lines, ['cancelTimer 1', 'cancelWorkflow', 'cancelWorkflow']);
  });

  it('takes a result that came for nothing as an error of the task', () => {
    const r = run('counter');
    r.start();
    assert.match(String(r.activate(done(9)).failure?.message), /no activity with number 9/);
  });
});

function responseOf({ commands }: Outcome, status: 'completed'): unknown {
  for (const command of commands)
    if (command.kind === 'respondUpdate' && command.response.status === status) return decode(command.response.result);
  return undefined;
}
