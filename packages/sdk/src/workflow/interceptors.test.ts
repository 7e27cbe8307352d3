import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { bundle, childStarted, done, fire, resultOf, signal, TestRun, update } from './testing/driver.js';

const SOURCE = `
const note = (name: string) => (input: any, next: any) => { trace.push(name); return next(input); };
export const interceptors = () => ({
  inbound: [
    {
      async execute(input: any, next: any) {
        trace.push('execute 1 ' + Object.keys(input.headers).length);
        return 'wrapped ' + (await next({ ...input, args: [...input.args, 'more'] }));
      },
      handleSignal: note('signal'), handleQuery: note('query'), handleUpdate: note('update'),
      validateUpdate(input: any, next: any) { trace.push('validate'); next({ ...input, args: [input.args[0] + 1] }); },
    },
    { execute: note('execute 2') },
  ],
  outbound: [
    {
      startTimer: note('timer'), scheduleActivity: note('activity'), scheduleLocalActivity: note('local'),
      startChildWorkflowExecution: note('child'), signalWorkflow: note('signalWorkflow'), continueAsNew: note('continueAsNew'),
      getLogAttributes: (input: any, next: any) => ({ ...next(input), mine: 1 }),
      getMetricTags: (input: any, next: any) => ({ ...next(input), tag: 1 }),
    },
    {
      async scheduleActivity(input: any, next: any) {
        const stream = wf.getRandomStream('tracing');
        return stream.with(() => { trace.push(Math.random() !== undefined); return next({ ...input, headers: { h: { metadata: {}, data: new Uint8Array(1) } } }); });
      },
    },
  ],
  internals: [{
    activate(input: any, next: any) { trace.push('activate ' + input.batchIndex); next(input); },
    concludeActivation(input: any, next: any) { trace.push('conclude'); return next(input); },
    dispose(input: any, next: any) { trace.push('dispose'); next(input); },
  }],
});
const { act } = wf.proxyActivities<any>({ startToCloseTimeout: '1m' });
const { near } = wf.proxyLocalActivities<any>({ startToCloseTimeout: '1m' });
export async function main(...args: string[]) { await act(1); wf.log.info('x'); wf.metricMeter.createCounter('c').add(1); return args.join(' '); }
export async function all() {
  wf.setHandler(wf.defineSignal('s'), () => undefined);
  wf.setHandler(wf.defineQuery('q'), () => 'answer');
  wf.setHandler(wf.defineUpdate<number, [number]>('u'), (n) => n, { validator: (n) => trace.push('validator ' + n) });
  await wf.sleep(1);
  await near();
  const child = await wf.startChild('kid', { workflowId: 'c' });
  await child.signal('hi');
  await wf.continueAsNew();
}
`;

describe('interceptors', () => {
  let code: string;
  before(async () => {
    code = await bundle(SOURCE);
  });

  it('wrap what comes in and goes out, the first outermost', () => {
    const r = new TestRun(code);
    const { commands } = r.start(['a']);
    assert.ok(commands[0]?.kind === 'scheduleActivity' && commands[0].attributes.header !== undefined);
    assert.deepEqual(r.takeTrace(), ['activate 0', 'execute 1 0', 'execute 2', 'activity', true, 'conclude']);
    const outcome = r.activate(done(1));
    assert.equal(resultOf(outcome), 'wrapped a more');
    const [log, metric] = outcome.sinkCalls;
    assert.equal((log?.args[1] as { mine: number }).mine, 1);
    assert.deepEqual(JSON.parse(JSON.stringify(metric?.args[2])), { workflowType: 'main', tag: 1 });
    r.takeTrace();
    r.world.realm.destroyRun('0193a1b2-0000-7000-8000-000000000001');
    assert.deepEqual(r.takeTrace(), ['dispose']);
  });

  it('see every kind of call', () => {
    const r = new TestRun(code, { setup: { workflowType: 'all' } });
    r.start();
    r.activate(signal('s'), update('u', 'u1', 4));
    assert.equal(r.query('q'), 'answer');
    assert.ok(r.query('__stack_trace') !== undefined);
    r.activate(fire(1));
    r.activate(done(1, undefined, true));
    r.activate(childStarted(1));
    r.activate({ kind: 'resolveSignalExternal', seq: 1, failure: undefined });
    const seen = r.takeTrace().filter((entry) => !/^(activate|conclude|execute)/.test(String(entry)));
    const inbound = ['signal', 'validate', 'validator 5', 'update', 'query'];
    assert.deepEqual(seen, ['timer', ...inbound, 'local', 'child', 'signalWorkflow', 'continueAsNew']);
  });

  it('come in batches of old histories', () => {
    const r = new TestRun(code, { setup: { workflowType: 'all' } });
    r.isReplaying = true;
    r.start();
    r.takeTrace();
    r.activate(signal('s'), fire(1));
    assert.deepEqual(r.takeTrace(), ['activate 0', 'signal', 'activate 1', 'local', 'conclude']);
  });
});
