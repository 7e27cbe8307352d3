import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { WorkflowSandbox } from './contract.js';
import { InThreadSandbox } from './in-thread.js';
import { readBundle } from './bundle-format.js';
import { bundleFiles } from './testing/bundles.js';
import { answersInside, sandboxOf } from './testing/expressions.js';
import { resultOf, TestRun } from './testing/test-run.js';

/** What one run does, and what the next one must not see of it. */
const LEAKS: readonly (readonly [name: string, does: string, sees: string, expected: string])[] = [
  ['a global', 'globalThis.leak = 1', 'globalThis.leak', 'undefined'],
  ['a global by another name', 'global.leak = 1', 'global.leak', 'undefined'],
  ['a replaced global', 'globalThis.Date = 1', 'typeof globalThis.Date', '"function"'],
  ['a property of an intrinsic', 'Object.prototype.leak = 1', '({}).leak', 'undefined'],
  ['a property of a global', 'Math.leak = 1', 'Math.leak', 'undefined'],
  ['a replaced method', 'Array.prototype.map = () => 1', '[1].map((x) => x)', '[1]'],
  ['a method behind an accessor', 'Object.prototype.toString = () => "leak"', 'String({})', '"[object Object]"'],
  ['a method of an array behind an accessor', 'Array.prototype.push = () => "leak"', '[].push(1)', '1'],
  ['a prototype', 'Object.setPrototypeOf(Array.prototype, { leak: 1 })', '[].leak', 'undefined'],
  ['a hidden prototype', 'Object.getPrototypeOf(function* () {}).leak = 1', '(function* () {}).leak', 'undefined'],
  ['an iterator', 'Object.getPrototypeOf([].values()).next = () => 1', '[...[1]]', '[1]'],
  ['a match', '/(leak)/.exec("leak")', 'RegExp.$1', '!DeterminismViolationError'],
  ['the input of a match', '/(leak)/.exec("leak")', 'RegExp.input', '!DeterminismViolationError'],
  [
    'a hook of stacks',
    'Error.prepareStackTrace = () => "leak"',
    'typeof new Error("m").stack + new Error("m").stack.includes("leak")',
    '"stringfalse"',
  ],
  ['the length of stacks', 'Error.stackTraceLimit = 0', 'Error.stackTraceLimit > 0', 'true'],
  ['the state of a module', 'count()', 'count()', '1'],
  ['the state of a library', 'library.next()', 'library.next()', '1'],
  ['a registry of a library', 'library.register("leak")', 'library.registered()', '[]'],
  ['a property of our own classes', 'ApplicationFailure.leak = 1', 'ApplicationFailure.leak', 'undefined'],
  [
    'a method of our own classes',
    'ApplicationFailure.prototype.toString = () => "leak"',
    'String(new ApplicationFailure("m"))',
    '"ApplicationFailure: m"',
  ],
  ['a property of our functions', 'sleep.leak = 1', 'sleep.leak', 'undefined'],
  ['a counter of console', 'console.count("leak")', 'console.count("leak")', 'undefined'],
];

const BEFORE = `
import { ApplicationFailure, sleep } from 'perdure/workflow';
import * as library from './library.js';
let calls = 0;
function count() { return ++calls; }
`;
const LIBRARY = `
let calls = 0;
const registry = [];
export function next() { return ++calls; }
export function register(name) { registry.push(name); }
export function registered() { return registry; }
`;

test('runs of a realm do not see each other', async (context) => {
  const { WRITE } = await import('./testing/expressions.js');
  const functions = LEAKS.flatMap(([, does, sees], index) => [
    `export async function does${index}() { return answer(async () => (${does})); }`,
    `export async function sees${index}() { return answer(async () => (${sees})); }`,
  ]);
  const files = { 'workflows.ts': [BEFORE, WRITE, ...functions].join('\n'), 'library.js': LIBRARY };
  const sandbox = new InThreadSandbox(readBundle((await bundleFiles(files)).code));
  for (const [index, [name, , , expected]] of LEAKS.entries()) {
    await context.test(name, async () => {
      await resultOf(sandbox, `does${index}`);
      assert.equal(await resultOf(sandbox, `sees${index}`), expected);
    });
  }
  await sandbox.close();
});

/** Ways out of the realm, or to code made of text; what each must give. */
const ESCAPES: readonly (readonly [text: string, expected: string])[] = [
  ['Function("return this")()', '!EvalError'],
  ['new Function("return 1")()', '!EvalError'],
  ['(async () => {}).constructor("return 1")()', '!EvalError'],
  ['(function* () {}).constructor("return 1")()', '!EvalError'],
  ['(0, eval)("1")', '!EvalError'],
  ['(function () { return this; })()', 'undefined'],
  ['fetch.constructor("return process")()', '!EvalError'],
  ['URL.constructor("return process")()', '!EvalError'],
  ['new URL("http://x").constructor.constructor("return process")()', '!EvalError'],
  ['setTimeout.constructor("return process")()', '!EvalError'],
  ['console.log.constructor("return process")()', '!EvalError'],
  ['workflowInfo().constructor.constructor("return process")()', '!EvalError'],
  ['workflowInfo().memo.constructor.constructor("return process")()', '!EvalError'],
  ['try { JSON.parse("{"); } catch (e) { return e.constructor.constructor("return process")(); }', '!EvalError'],
  ['try { new URL("x"); } catch (e) { return e.constructor.constructor("return process")(); }', '!EvalError'],
  [
    'const f = () => f(); try { f(); } catch (e) { return [e instanceof RangeError, e.constructor === RangeError]; }',
    '[true, true]',
  ],
  [
    'const f = () => CancellationScope.cancellable(() => f()); try { await f(); } catch (e) { return e instanceof RangeError; }',
    'true',
  ],
  ['const name = "fs"; return import(name)', '!ReferenceError'],
  [
    'let sites; Error.prepareStackTrace = (_, s) => (sites = s); new Error("m").stack; return sites.every((s) => s.getFunction() === undefined && s.getThis() === undefined)',
    'true',
  ],
  ['sleep(1).constructor === Promise', 'true'],
  ['new WebAssembly.Module(new Uint8Array())', '!ReferenceError'],
  [
    'Object.isFrozen(Object.prototype) && Object.isFrozen(Intl) && Object.isFrozen(console) && Object.isFrozen(sleep)',
    'true',
  ],
  ['undeclared = 1', '!ReferenceError'],
];

test('there is no way out of the realm', async (context) => {
  const before = "import { CancellationScope, sleep, workflowInfo } from 'perdure/workflow';";
  const answers = await answersInside(
    ESCAPES.map(([text]) => text),
    before,
  );
  for (const [index, [text, expected]] of ESCAPES.entries()) {
    await context.test(text, () => assert.equal(answers[index], expected));
  }
});

const WALK = `
const seen = new Set();
const alien = [];
const open = [['globalThis', globalThis]];
for (const [name, value] of Object.entries(workflow)) open.push([name, value]);
while (open.length > 0) {
  const [path, item] = open.pop();
  if ((typeof item !== 'object' && typeof item !== 'function') || item === null || seen.has(item)) continue;
  seen.add(item);
  const top = (o) => { let p = o; while (Object.getPrototypeOf(p) !== null) p = Object.getPrototypeOf(p); return p; };
  const root = top(item);
  if (root !== Object.prototype && Object.getPrototypeOf(item) !== null && root !== item) alien.push(path);
  if (typeof item === 'function' && !(item instanceof Function) && item !== Function.prototype) alien.push(path + ' (function)');
  open.push([path + '.__proto__', Object.getPrototypeOf(item)]);
  for (const key of Reflect.ownKeys(item)) {
    const d = Object.getOwnPropertyDescriptor(item, key);
    for (const part of [d.value, d.get, d.set]) open.push([path + '.' + String(key), part]);
  }
}
return [seen.size > 500, alien]`;

test('all that can be reached was made inside', async () => {
  const [answer] = await answersInside([WALK], "import * as workflow from 'perdure/workflow';");
  assert.equal(answer, '[true, []]');
});

let sandbox: WorkflowSandbox;
before(async () => {
  sandbox = await sandboxOf(['Math.random()', 'crypto.randomUUID()', '[Math.random(), crypto.randomUUID()]']);
});
after(() => sandbox.close());

test('random numbers belong to the run: the same in its replay, others in other runs', async () => {
  const again = async (runId: string): Promise<unknown> => {
    const run = await new TestRun(sandbox, 'e2', [], runId).start();
    const { result } = run;
    run.evict();
    return result;
  };
  assert.equal(await again('a'), await again('a'));
  assert.notEqual(await again('a'), await again('b'));
});

test('data that goes in and out is made anew', async () => {
  const converter = `
    export const payloadConverter = {
      toPayload: (value) => ({ metadata: { encoding: new Uint8Array([1]) }, data: new Uint8Array([value]) }),
      fromPayload: (payload) => {
        try { return payload.data.constructor.constructor('return process')(); } catch (e) { return e.name; }
      },
    };`;
  const files = {
    'workflows.ts': 'export async function f(arg) { return arg === "EvalError" ? 7 : 8; }',
    'converter.js': converter,
  };
  const { code } = await bundleFiles(files, { payloadConverterPath: './converter.js' });
  const own = new InThreadSandbox(readBundle(code));
  const run = await new TestRun(own, 'f', ['x']).start();
  const done = run.commands.find((command) => command.kind === 'completeWorkflow');
  assert.ok(done?.result instanceof Uint8Array);
  assert.equal(done.result.at(-1), 7);
  await own.close();
});
