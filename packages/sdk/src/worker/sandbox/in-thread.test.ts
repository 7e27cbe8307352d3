import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { WorkflowSandbox } from './contract.js';
import { InThreadSandbox } from './in-thread.js';
import { bundleSource } from './testing/bundles.js';
import { resultOf, START_MS, TestRun } from './testing/test-run.js';

const SOURCE = `
import { condition, defineSignal, proxyActivities, setHandler, sleep, CancellationScope } from 'perdure/workflow';
const { greet } = proxyActivities<{ greet(name: string): Promise<string> }>({ startToCloseTimeout: '1m' });
export async function hello(name: string): Promise<string> {
  return 'Hello, ' + name;
}
export async function oneActivity(name: string): Promise<string> {
  return await greet(name);
}
export async function clock(): Promise<unknown[]> {
  const before = Date.now();
  await sleep(1_000);
  return [before, Date.now(), new Date().toISOString(), performance.now(), Date()];
}
export async function intervals(): Promise<number> {
  let count = 0;
  const id = setInterval(() => { if (++count === 2) clearInterval(id); }, 50);
  await condition(() => count === 2);
  return count;
}
export async function forgotten(): Promise<void> {
  void Promise.reject(new Error('forgotten'));
}
let calls = 0;
export async function moduleState(): Promise<number> { (globalThis as any).seen = ((globalThis as any).seen ?? 0) + 1; return ++calls + (globalThis as any).seen; }
export async function logs(): Promise<void> { console.log('hello %s', 'log', { a: 1 }); }
export async function fails(): Promise<void> { JSON.parse('{'); }
export async function usesProcess(): Promise<unknown> { return process.env.HOME; }
export async function usesFetch(): Promise<unknown> { return fetch('http://x'); }
export async function timeout(): Promise<string> {
  const signal = AbortSignal.timeout(100);
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  return signal.reason.name;
}
export async function scoped(): Promise<string> {
  try {
    await CancellationScope.withTimeout(10, () => sleep(1_000));
    return 'slept';
  } catch (error) { return String(error); }
}
export const notAWorkflow = 1;
`;

let sandbox: WorkflowSandbox;
before(async () => {
  sandbox = new InThreadSandbox(await bundleSource(SOURCE));
});
after(() => sandbox.close());

test('a workflow runs to its end', async () => {
  assert.equal(await resultOf(sandbox, 'hello', 'World'), 'Hello, World');
});

test('activities are scheduled and resolved', async () => {
  const run = await new TestRun(sandbox, 'oneActivity', ['you']).start();
  assert.deepEqual(run.kinds, ['scheduleActivity']);
  await run.completeActivity(1, 'Hello, you');
  assert.equal(run.result, 'Hello, you');
});

test('the clock is that of the run', async () => {
  const run = await new TestRun(sandbox, 'clock').start();
  await run.fireTimer(1, 1_500);
  const later = START_MS + 1_500;
  assert.deepEqual(run.result, [
    START_MS,
    later,
    new Date(later).toISOString(),
    later,
    'Tue May 06 2031 07:08:10 GMT+0000 (Coordinated Universal Time)',
  ]);
});

test('an interval is a durable timer after the other', async () => {
  const run = await new TestRun(sandbox, 'intervals').start();
  await run.fireTimer(1, 50);
  await run.fireTimer(2, 50);
  assert.equal(run.result, 2);
  assert.deepEqual(run.kinds, ['startTimer', 'startTimer', 'completeWorkflow']);
});

test('a rejection that nobody handles fails the task of its run', async () => {
  const good = new TestRun(sandbox, 'hello', ['x']);
  const bad = new TestRun(sandbox, 'forgotten');
  const [other, outcome] = await Promise.allSettled([good.start(), bad.start()]);
  assert.equal(other.status, 'fulfilled');
  assert.match(String(outcome.status === 'rejected' && outcome.reason), /nothing handled it: forgotten/);
});

test('module state and globalThis belong to the run', async () => {
  assert.equal(await resultOf(sandbox, 'moduleState'), 2);
  assert.equal(await resultOf(sandbox, 'moduleState'), 2);
});

test('console writes to the log', async () => {
  const run = await new TestRun(sandbox, 'logs').start();
  assert.deepEqual(
    run.sinkCalls.map(({ args }) => args[0]),
    ['hello log { a: 1 }'],
  );
});

test('what is refused says what to do', async () => {
  await assert.rejects(
    resultOf(sandbox, 'usesProcess'),
    /process is not defined in workflow code: a workflow must not/,
  );
  await assert.rejects(resultOf(sandbox, 'usesFetch'), /`fetch` cannot be used in workflow code: it does I\/O/);
});

test('stacks name source files', async () => {
  const failed = await resultOf(sandbox, 'fails').catch((error: unknown) => error);
  assert.match(String((failed as Error).stack), /at .*fails.* \(.*workflows\.ts:27:\d+\)/);
});

test('AbortSignal.timeout is a durable timer', async () => {
  const run = await new TestRun(sandbox, 'timeout').start();
  await run.fireTimer(1, 100);
  assert.equal(run.result, 'TimeoutError');
});

test('scopes follow await', async () => {
  const run = await new TestRun(sandbox, 'scoped').start();
  assert.deepEqual(run.kinds, ['startTimer', 'startTimer']);
  await run.fireTimer(1, 10);
  assert.match(String(run.result), /cancelled/i);
});

test('names of workflows', () => {
  assert.ok(sandbox.workflowTypes.includes('hello'));
  assert.ok(!sandbox.workflowTypes.includes('notAWorkflow'));
});

test('a run that is not there is lost', async () => {
  const run = await new TestRun(sandbox, 'hello', ['x']).start();
  run.evict();
  assert.equal((await run.activated()).kind, 'lost');
});
