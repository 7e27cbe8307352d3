import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Memo, SearchAttributes } from '@perdure/protocol';
import {
  bundle,
  cancel,
  decode,
  done,
  encode,
  encodeError,
  failureOf,
  fire,
  hasPatch,
  resultOf,
  signal,
  TestRun,
  update,
} from './testing/driver.js';
import { ApplicationFailure } from '../conversion/failure.js';

const SOURCE = `
const { ApplicationFailure, sleep, condition, workflowInfo, log, setHandler, defineSignal, defineQuery, defineUpdate } = wf;
class Special extends Error { override name = 'Special'; }
class MoreSpecial extends Special {}
const { act } = wf.proxyActivities<any>({ startToCloseTimeout: '1m' });

export async function fails() {
  throw ApplicationFailure.create({ message: 'top', type: 'Top', details: [1], cause: new Error('below') });
}
export async function breaks() { throw new TypeError('a bug'); }
export async function throwsSpecial() { throw new MoreSpecial('special'); }
wf.setWorkflowOptions({ failureExceptionTypes: [Special], versioningBehavior: 'PINNED' }, byClass);
export async function byClass() { throw new MoreSpecial('special'); }
wf.defineWorkflowOptions(byGetter, { workflowDefinitionOptions: () => ({ versioningBehavior: wf.workflowInfo().memo?.behavior as any }) });
export async function byGetter() {}
export async function nothing() {}
export const notAFunction = 5;
export async function continues(n: number) {
  const key = wf.defineSearchAttributeKey('K', 'INT');
  await wf.makeContinueAsNewFunc<any>({ workflowType: 'other', taskQueue: 'q2', memo: { a: 1 }, typedSearchAttributes: [{ key, value: 3 }],
    workflowRunTimeout: '1h', workflowTaskTimeout: '5s', backoffStartInterval: '2s', initialVersioningBehavior: 'AUTO_UPGRADE' })(n + 1);
}
export async function continuesAsItIs(n: number) { await wf.continueAsNew<typeof continuesAsItIs>(n + 1); }
export async function info() { return { ...workflowInfo(), unsafe: undefined, lastFailure: (workflowInfo().lastFailure as any)?.message }; }
export async function infoChanges() {
  const before = workflowInfo();
  await sleep(1);
  return [before === workflowInfo(), workflowInfo().historyLength - before.historyLength, typeof workflowInfo().unsafe.now(), workflowInfo().unsafe.isReplaying];
}
export async function upserts() {
  const int = wf.defineSearchAttributeKey('I', 'INT'), text = wf.defineSearchAttributeKey('T', 'KEYWORD');
  wf.upsertSearchAttributes([{ key: int, value: 7 }, { key: text, value: null }]);
  wf.upsertMemo({ a: 'new', gone: null });
  await sleep(1);
  const { memo, typedSearchAttributes } = workflowInfo();
  return [memo, typedSearchAttributes.get(int), typedSearchAttributes.get(text)];
}
export async function badUpsert() { wf.upsertSearchAttributes({ K: ['v'] } as any); }
export async function patches() {
  const first = [wf.patched('p'), wf.patched('p')];
  await sleep(1);
  return [...first, wf.patched('p'), wf.patched('q')];
}
export async function deprecated() { wf.deprecatePatch('p'); wf.deprecatePatch('p'); }
export async function randoms() {
  return [Math.random(), wf.uuid4(), wf.getRandomStream('s').random(), wf.getRandomStream('s').uuid4(), wf.workflowRandom.random(),
    wf.getRandomStream('t').with(() => Math.random()), [...wf.getRandomStream('u').fill(new Uint8Array(4))], Math.random()];
}
export async function reseeded() { const a = Math.random(); await sleep(1); return [a, Math.random(), wf.getRandomStream('s').random()]; }
export async function logs() {
  log.info('hello', { a: 1, error: new Special('why'), fn: () => 1 });
  log.debug('psst');
  setHandler(defineQuery('q'), () => { log.warn('asked'); return 1; });
  setHandler(defineUpdate('u'), () => { log.info('updated'); return wf.inWorkflowContext(); }, { validator: () => log.info('validated') });
  wf.metricMeter.createCounter('orders', '1', 'Orders.').withTags({ b: 2 }).add(3, { c: true });
  wf.metricMeter.createHistogram('h', 'float').record(1.5);
  wf.proxySinks<any>().mine.tell('x', { y: [1] });
  await condition(() => false);
}
export async function badMetric() { wf.metricMeter.createCounter('c').add(-1); }
export async function awaits() {
  setHandler(defineSignal('s', {}), async () => { await waitsInside(); }, { description: 'Does s.' });
  setHandler(defineUpdate('up'), () => 1, { description: 'Does up.' });
  setHandler(defineQuery('q'), () => 1, { description: 'Answers q.' });
  wf.setCurrentDetails('in the *middle*');
  await Promise.all([waitsInside(), act(), condition(() => false, '1h')]);
}
async function waitsInside() {
  await sleep('1h');
}
export async function conditionThrows() { await condition(() => { if (trace.length > 0) throw new TypeError('in a condition'); return false; }); }
`;

describe('how a run ends, and what it tells', () => {
  let code: string;
  before(async () => {
    code = await bundle(SOURCE);
  });
  const run = (workflowType: string, realm = {}): TestRun => new TestRun(code, { setup: { workflowType }, realm });

  it('fails by a failure, with type, details, cause and stack', () => {
    const failure = failureOf(run('fails').start());
    assert.deepEqual(
      [failure?.message, failure?.applicationFailureInfo?.type, failure?.cause?.message],
      ['top', 'Top', 'below'],
    );
    assert.equal(failure?.applicationFailureInfo?.details?.payloads?.length, 1);
    assert.match(String(failure?.stackTrace), /fails/);
  });

  it('logs how a workflow failed, and fails only the task by another error', () => {
    const { failure, logs } = run('breaks').start();
    assert.equal(failure?.message, 'a bug');
    assert.equal(failure.applicationFailureInfo?.type, 'TypeError');
    assert.deepEqual(logs, ['warn: Workflow failed']);
  });

  it('fails the workflow by errors that options name, by class or by name, subclasses too', () => {
    assert.equal(run('throwsSpecial').start().failure?.message, 'special');
    for (const name of ['MoreSpecial', 'Special', 'Error'])
      assert.deepEqual(run('throwsSpecial', { workflowFailureErrorTypes: { '*': [name] } }).start().lines, [
        'failWorkflow special',
      ]);
    assert.equal(
      run('throwsSpecial', { workflowFailureErrorTypes: { '*': ['TypeError'] } }).start().failure?.message,
      'special',
    );
    assert.deepEqual(run('byClass').start().lines, ['failWorkflow special']);
  });

  it('tells the versioning behaviour of a definition', () => {
    assert.equal(run('byClass').start().versioningBehavior, 'PINNED');
    assert.equal(run('nothing').start().versioningBehavior, undefined);
    const memo = Memo.encode({ fields: new Map([['behavior', payloadOf('AUTO_UPGRADE')]]) });
    assert.equal(run('byGetter').startWith({ memo }).versioningBehavior, 'AUTO_UPGRADE');
  });

  it('says which workflows there are when one is unknown', () => {
    const { failure } = run('notthing').start();
    assert.match(
      String(failure?.message),
      /Failed to initialize workflow of type 'notthing'.*Did you mean 'nothing'\?.*workflowsPath/s,
    );
    assert.match(String(run('notAFunction').start().failure?.message), /expected a function, but got: 'number'/);
  });

  it('continues as new with other options, or as it is', () => {
    const [command] = run('continues').start([1]).commands;
    assert.ok(command?.kind === 'continueAsNew');
    const { input, memo, searchAttributes, ...rest } = command.attributes;
    assert.equal(decode(input), 2);
    assert.deepEqual([memo !== undefined, SearchAttributes.decode(searchAttributes!).indexedFields.size], [true, 1]);
    assert.deepEqual(JSON.parse(JSON.stringify(rest)), {
      workflowType: { name: 'other' },
      taskQueue: { name: 'q2' },
      workflowRunTimeout: 3_600_000,
      workflowTaskTimeout: 5000,
      backoffStartInterval: 2000,
      inheritBuildId: false,
      initialVersioningBehavior: 1,
    });
    const kept = Memo.encode({ fields: new Map([['x', payloadOf(1)]]) });
    const [same] = run('continuesAsItIs').startWith({
      input: encode(4),
      memo: kept,
      retryPolicy: { maximumAttempts: 3 },
    }).commands;
    assert.ok(same?.kind === 'continueAsNew');
    assert.deepEqual([decode(same.attributes.input), same.attributes.workflowType?.name], [5, 'continuesAsItIs']);
    assert.deepEqual([same.attributes.memo, same.attributes.retryPolicy?.maximumAttempts], [kept, 3]);
  });

  it('knows all about itself', () => {
    const info = resultOf(
      run('info').startWith({
        parentWorkflowExecution: { workflowId: 'p', runId: 'pr' },
        parentWorkflowNamespace: 'default',
        rootWorkflowExecution: { workflowId: 'root', runId: 'rr' },
        continuedExecutionRunId: 'before',
        originalExecutionRunId: 'original',
        firstExecutionRunId: 'first',
        attempt: 3,
        cronSchedule: '* * * * *',
        firstWorkflowTaskBackoff: 500,
        workflowExecutionTimeout: 1000,
        workflowRunTimeout: 900,
        workflowTaskTimeout: 10_000,
        workflowExecutionExpirationTime: 1_800_000_000_000,
        retryPolicy: { maximumAttempts: 4, backoffCoefficient: 2, nonRetryableErrorTypes: [] },
        priority: { priorityKey: 2, fairnessKey: 'k', fairnessWeight: 0 },
        lastCompletionResult: encode('last'),
        continuedFailure: encodeError(ApplicationFailure.create({ message: 'before' })),
        memo: Memo.encode({ fields: new Map([['m', payloadOf(1)]]) }),
      }),
    );
    assert.deepEqual(info, {
      workflowId: 'test-workflow',
      runId: '0193a1b2-0000-7000-8000-000000000001',
      workflowType: 'info',
      namespace: 'default',
      taskQueue: 'queue',
      typedSearchAttributes: {},
      memo: { m: 1 },
      lastResult: 'last',
      lastFailure: 'before',
      parent: { workflowId: 'p', runId: 'pr', namespace: 'default' },
      root: { workflowId: 'root', runId: 'rr' },
      firstExecutionRunId: 'first',
      originalExecutionRunId: 'original',
      continuedFromExecutionRunId: 'before',
      startTime: '2023-11-14T22:13:20.000Z',
      runStartTime: '2023-11-14T22:13:21.000Z',
      executionTimeoutMs: 1000,
      executionExpirationTime: '2027-01-15T08:00:00.000Z',
      runTimeoutMs: 900,
      taskTimeoutMs: 10_000,
      retryPolicy: { backoffCoefficient: 2, maximumAttempts: 4, nonRetryableErrorTypes: [] },
      attempt: 3,
      cronSchedule: '* * * * *',
      cronScheduleToScheduleInterval: 500,
      priority: { priorityKey: 2, fairnessKey: 'k' },
      historyLength: 3,
      historySize: 300,
      continueAsNewSuggested: false,
      targetWorkerDeploymentVersionChanged: false,
      suggestedContinueAsNewReasons: [],
      currentBuildId: '',
    });
  });

  it('has new info after a wait', () => {
    const r = run('infoChanges');
    r.start();
    assert.deepEqual(resultOf(r.activate(fire(1))), [false, 3, 'number', false]);
  });

  it('upserts search attributes and memo, and sees them', () => {
    const r = run('upserts');
    const memo = Memo.encode({
      fields: new Map([
        ['a', payloadOf('old')],
        ['gone', payloadOf(1)],
      ]),
    });
    assert.deepEqual(r.startWith({ memo }).lines, ['upsertSearchAttributes', 'modifyMemo', 'startTimer 1 1']);
    assert.deepEqual(resultOf(r.activate(fire(1))), [{ a: 'new' }, 7, null]);
    assert.match(String(run('badUpsert').start().failure?.message), /takes a list/);
  });

  it('decides patches once, by history in replay', () => {
    const live = run('patches');
    assert.deepEqual(live.start().lines, ['setPatch p false', 'startTimer 1 1']);
    const outcome = live.activate(fire(1));
    assert.deepEqual(outcome.lines, ['setPatch q false', 'completeWorkflow']);
    assert.deepEqual(resultOf(outcome), [true, true, true, true]);
    const old = run('patches');
    old.isReplaying = true;
    assert.deepEqual(old.start().lines, ['startTimer 1 1']);
    old.isReplaying = false;
    assert.deepEqual(resultOf(old.activate(fire(1))), [false, false, true, true]);
    const recorded = run('patches');
    recorded.isReplaying = true;
    recorded.start([], hasPatch('p'));
    assert.deepEqual(resultOf(recorded.activate(hasPatch('q'), fire(1))), [true, true, true, true]);
    assert.deepEqual(run('deprecated').start().lines, ['setPatch p true', 'completeWorkflow']);
  });

  it('draws the official numbers from a seed', () => {
    const values = resultOf(run('randoms').start());
    assert.deepEqual(values, resultOf(run('randoms').start()));
    assert.deepEqual(values, OFFICIAL_RANDOMS);
  });

  it('starts over with a new seed', () => {
    const r = run('reseeded');
    r.start();
    const [first, second] = resultOf(
      r.activate({ kind: 'updateRandomSeed', randomnessSeed: 42n }, fire(1)),
    ) as number[];
    assert.equal(first, second);
  });

  it('logs, measures and calls sinks, silent in replay', () => {
    const r = run('logs');
    const { logs, sinkCalls } = r.start();
    assert.deepEqual(logs, ['info: hello', 'debug: psst']);
    const [first, , counter, histogram, mine] = sinkCalls;
    const { a, error, fn, workflowId, sdkComponent } = first!.args[1] as Record<string, unknown>;
    assert.deepEqual([a, fn, workflowId, sdkComponent], [1, '[function fn]', 'test-workflow', 'workflow']);
    assert.deepEqual([(error as Error).name, (error as Error).message], ['Special', 'why']);
    assert.deepEqual(JSON.parse(JSON.stringify(counter)), {
      sink: '__temporal_metrics',
      fn: 'record',
      args: [
        { name: 'orders', unit: '1', description: 'Orders.', kind: 'counter', valueType: 'int' },
        3,
        { workflowType: 'logs', b: 2, c: true },
      ],
    });
    assert.deepEqual([histogram?.args[1], mine?.sink, mine?.fn], [1.5, 'mine', 'tell']);
    assert.deepEqual(JSON.parse(JSON.stringify(mine?.args)), ['x', { y: [1] }]);
    assert.equal(mine?.info?.['workflowId'], 'test-workflow');
    const asked = r.activate({ kind: 'query', queryId: 'q', queryName: 'q', args: undefined, header: undefined });
    assert.deepEqual(asked.logs, ['warn: asked']);
    assert.deepEqual(r.activate(update('u', 'u1')).logs, ['info: validated', 'info: updated']);
    const replaying = run('logs');
    replaying.isReplaying = true;
    assert.deepEqual(
      replaying.start().sinkCalls.map(({ sink }) => sink),
      ['mine'],
    );
    assert.deepEqual(replaying.activate(update('u', 'u1')).logs, ['info: validated']);
    assert.match(String(run('badMetric').start().failure?.message), /a counter takes no negative values/);
  });

  it('tells of its life at level debug when asked to', () => {
    const r = run('nothing', { logsLifecycle: true });
    assert.deepEqual(r.start().logs, ['debug: Workflow started', 'debug: Workflow completed']);
  });

  it('answers where it waits, with file and line, and what it handles', () => {
    const r = run('awaits');
    r.start();
    r.activate(signal('s'));
    const places = String(r.query('__stack_trace')).split('\n\n');
    assert.equal(places.length, 4);
    assert.match(
      places[0]!,
      /^ +at waitsInside \(test:workflows\.js:\d+:\d+\)\n +at .*awaits.*\(test:workflows\.js:\d+:\d+\)$/,
    );
    const enhanced = r.query('__enhanced_stack_trace') as {
      sdk: object;
      stacks: { locations: { function_name: string }[] }[];
      sources: object;
    };
    assert.deepEqual(enhanced.sdk, { name: 'typescript', version: '0.1.0' });
    assert.equal(enhanced.stacks[0]!.locations[0]!.function_name, 'waitsInside');
    assert.deepEqual(Object.keys(enhanced.sources), ['test:workflows.js']);
    const metadata = r.query('__temporal_workflow_metadata') as {
      definition: Record<string, object[]>;
      currentDetails: string;
    };
    assert.equal(metadata.currentDetails, 'in the *middle*');
    assert.deepEqual(metadata.definition['signalDefinitions'], [{ name: 's', description: 'Does s.' }]);
    assert.deepEqual(metadata.definition['updateDefinitions'], [{ name: 'up', description: 'Does up.' }]);
    assert.deepEqual(metadata.definition['queryDefinitions']?.at(-1), { name: 'q', description: 'Answers q.' });
  });

  it('fails the task by what a condition throws', () => {
    const r = run('conditionThrows');
    r.start();
    (r.world.global('trace') as unknown[]).push(1);
    assert.equal(r.activate(signal('x')).failure?.message, 'in a condition');
  });

  it('fails the task by a rejection that nobody handled', () => {
    const r = run('upserts');
    r.start();
    const failure = encodeError(new Error('nobody caught it'));
    r.world.realm.unhandledRejection('0193a1b2-0000-7000-8000-000000000001', failure);
    assert.equal(r.activate(fire(1)).failure?.message, 'nobody caught it');
  });

  it('forgets a run', () => {
    const r = run('upserts');
    r.start();
    r.world.realm.destroyRun('0193a1b2-0000-7000-8000-000000000001');
    assert.throws(() => r.activate(fire(1)), /no run .* in this realm/);
    assert.deepEqual(run('nothing').start([], cancel()).lines, ['completeWorkflow']);
    assert.ok(done(1));
  });
});

function payloadOf(value: unknown): Uint8Array {
  const payloads = encode(value)!;
  // A list of one: behind its tag and length comes the payload.
  return payloads.subarray(2);
}

/** From the official runtime, seed 42. */
const OFFICIAL_RANDOMS: unknown = [
  0.2870715279132128,
  'ab5a5bed-a3de-4d0b-8104-250f60c386ad',
  0.17483494617044926,
  '95668367-c251-401b-979a-de911041cf5c',
  0.7104088659398258,
  0.6809873392339796,
  [62, 187, 184, 115],
  0.7488154147285968,
];
