import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LoadedBundle } from '../bundle-format.js';
import { readBundle, writeBundle } from '../bundle-format.js';
import { bundleSource } from '../testing/bundles.js';
import { resultOf, TestRun } from '../testing/test-run.js';
import { ThreadedSandbox } from './threaded-sandbox.js';

const SLICE_MS = 200;
const SOURCE = `
import { condition, defineSignal, log, setHandler, sleep } from 'perdure/workflow';
export async function hello(name: string): Promise<string> { return 'Hello, ' + name; }
export async function sleeps(): Promise<void> { await sleep('1 day'); }
export async function spins(): Promise<void> { for (;;); }
export async function spinsInMicrotasks(): Promise<void> { for (;;) await null; }
export async function spinsInRegExp(): Promise<boolean> { return /^(a+)+$/.test('a'.repeat(60) + 'b'); }
export async function eats(): Promise<number> {
  const all: unknown[] = [];
  for (let i = 0; ; i++) all.push(new Array(100_000).fill(i));
}
export async function fails(): Promise<void> { void Promise.reject(new Error('left alone')); }
export async function logs(): Promise<void> { log.info('said', { a: 1 }); }
`;

let bundle: LoadedBundle;
let sandbox: ThreadedSandbox;
before(async () => {
  bundle = await bundleSource(SOURCE);
  sandbox = start();
  await sandbox.ready;
});
after(() => sandbox.close());

function start(options: ConstructorParameters<typeof ThreadedSandbox>[0] = {}): ThreadedSandbox {
  const started = new ThreadedSandbox({ sliceMs: SLICE_MS, ...options });
  started.loadBundle(bundle);
  return started;
}

test('runs go on in a thread', async () => {
  assert.equal(await resultOf(sandbox, 'hello', 'World'), 'Hello, World');
  assert.ok(sandbox.workflowTypes.includes('sleeps'));
});

test('many runs at once, in two threads', async () => {
  const two = start({ threadCount: 2 });
  const runs = Array.from({ length: 100 }, (_, index) => new TestRun(two, 'hello', [index]));
  await Promise.all(runs.map((run) => run.start()));
  assert.deepEqual(
    runs.map((run) => run.result),
    runs.map((_, index) => `Hello, ${index}`),
  );
  await two.close();
});

for (const type of ['spins', 'spinsInMicrotasks', 'spinsInRegExp']) {
  test(`${type}: it is stopped, others are lost, and all go on in other threads`, async () => {
    const bystander = await new TestRun(sandbox, 'sleeps').start();
    const culprit = new TestRun(sandbox, type);
    const queued = new TestRun(sandbox, 'hello', ['x']);
    const [spun, lost] = await Promise.all([culprit.start().catch(String), queued.activated()]);
    assert.match(String(spun), /"kind":"spun","sliceMs":200/);
    assert.equal(lost.kind, 'lost');
    assert.equal((await bystander.activated()).kind, 'lost');
    assert.equal(await resultOf(sandbox, 'hello', 'again'), 'Hello, again');
    // In quarantine it takes nobody with it.
    const witness = await new TestRun(sandbox, 'sleeps').start();
    const again = new TestRun(sandbox, type, [], culprit.runId);
    assert.match(String(await again.start().catch(String)), /"kind":"spun"/);
    await witness.fireTimer(1);
    assert.deepEqual(witness.kinds, ['startTimer', 'completeWorkflow']);
  });
}

test('a rejection that nobody handles fails the task of its run', async () => {
  const [other, failed] = await Promise.allSettled([
    new TestRun(sandbox, 'hello', ['x']).start(),
    new TestRun(sandbox, 'fails').start(),
  ]);
  assert.equal(other.status, 'fulfilled');
  assert.match(String(failed.status === 'rejected' && failed.reason), /left alone/);
});

test('a run that eats all memory ends its thread, not the process', async () => {
  const small = start({ threadHeapMiB: 32 });
  const bystander = await new TestRun(small, 'sleeps').start();
  const eater = new TestRun(small, 'eats');
  const eaten = await eater.activated(eater.initializeJob());
  assert.match(JSON.stringify(eaten), /"kind":"lost".*memory/);
  assert.equal((await bystander.activated()).kind, 'lost');
  assert.equal(await resultOf(small, 'hello', 'again'), 'Hello, again');
  await small.close();
});

test('calls of sinks come out', async () => {
  const run = await new TestRun(sandbox, 'logs').start();
  assert.equal(run.sinkCalls.length, 1);
});

test('a bundle that cannot be loaded is told', async () => {
  const broken = new ThreadedSandbox();
  broken.loadBundle(readBundle(writeBundle({ exports: [] }, 'const a = ;', '{}')));
  await assert.rejects(broken.ready, /the workflow bundle cannot be loaded: Unexpected token/);
  assert.equal((await new TestRun(broken, 'hello').activated()).kind, 'lost');
  await broken.close();
});

test('closing answers what is out', async () => {
  const closing = start();
  const run = new TestRun(closing, 'hello', ['x']);
  const [activated] = await Promise.all([run.activated(), closing.close()]);
  assert.equal(activated.kind, 'lost');
});
