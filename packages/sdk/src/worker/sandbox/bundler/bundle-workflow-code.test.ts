import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBundle } from '../bundle-format.js';
import { InThreadSandbox } from '../in-thread.js';
import { bundleFiles } from '../testing/bundles.js';
import { resultOf } from '../testing/test-run.js';

async function runOf(
  files: Readonly<Record<string, string>>,
  workflowType = 'f',
  ...args: unknown[]
): Promise<unknown> {
  const sandbox = new InThreadSandbox(readBundle((await bundleFiles(files)).code));
  try {
    return await resultOf(sandbox, workflowType, ...args);
  } finally {
    await sandbox.close();
  }
}

test('a refused module is told with the way to it and three cures', async () => {
  const files = {
    'workflows.ts': "import { load } from './load.js'; export async function f() { return load(); }",
    'load.ts': "import { read } from './deep/read.js'; export const load = () => read();",
    'deep/read.ts': "import { readFileSync } from 'node:fs'; export const read = () => readFileSync('x', 'utf8');",
  };
  const error = await bundleFiles(files).catch((thrown: unknown) => thrown);
  const { message } = error as Error;
  assert.match(message, /'node:fs', imported by\n\s+.*deep\/read\.ts\n\s+.*load\.ts\n\s+.*workflows\.ts\n/);
  assert.match(message, /in an activity;\n.*import type.*\n.*ignoreModules: \['node:fs'\]/);
});

test('what workflows do not reach is left out', async () => {
  const source = `
    import { readFileSync } from 'node:fs';
    import { Client } from 'perdure/client';
    import type { Worker } from 'perdure/worker';
    export async function f() { return 'reached'; }
    async function main(worker: Worker) { console.log(readFileSync('x'), new Client(), worker); }
    if (import.meta.main) await main(null as never);
  `;
  assert.equal(await runOf({ 'workflows.ts': source.replace('await main', 'void main') }), 'reached');
});

test('modules can be ignored', async () => {
  const source = "import * as fs from 'fs'; export async function f() { return typeof fs.readFileSync; }";
  const { code } = await bundleFiles({ 'workflows.ts': source }, { ignoreModules: ['fs'] });
  const sandbox = new InThreadSandbox(readBundle(code));
  assert.equal(await resultOf(sandbox, 'f'), 'undefined');
  await sandbox.close();
});

test('names of workflows are in the bundle', async () => {
  const source = `
    export async function first() {}
    export const second = async () => {};
    export * from './more.js';
    export default async function anyOther() {}`;
  const { code } = await bundleFiles({ 'workflows.ts': source, 'more.ts': 'export async function third() {}' });
  assert.deepEqual([...readBundle(code).header.exports].sort(), ['first', 'second', 'third']);
});

test('modules of Node that are made for workflows', async () => {
  const source = `
    import assert, { deepStrictEqual, AssertionError } from 'node:assert';
    import strict from 'node:assert/strict';
    import { EventEmitter, once } from 'node:events';
    import { format, inspect, isDeepStrictEqual, inherits } from 'util';
    import { URL } from 'node:url';
    const required = require('events');
    export async function f() {
      assert(true);
      assert.equal(1, '1');
      deepStrictEqual({ a: [new Date(1)] }, { a: [new Date(1)] });
      const failed = [];
      for (const fails of [() => strict.equal(1, '1'), () => assert.throws(() => 1), () => strict.deepEqual({ a: 1 }, { a: 2 })]) {
        try { fails(); } catch (error) { failed.push(error instanceof AssertionError); }
      }
      await assert.rejects(Promise.reject(new Error('no')), /no/);
      const emitter = new EventEmitter();
      setTimeout(() => 0, 1);
      const seen = once(emitter, 'x');
      emitter.emit('x', 1, 2);
      function Old() {} inherits(Old, required);
      let heard = 0;
      const old = new (Old as any)();
      return [failed, await seen, format('%s %d %j', 'a', 1, { b: 2 }), inspect(new Map([[1, { a: 'x' }]])), isDeepStrictEqual([1], [1]), new URL('http://x/').host, heard, typeof required];
    }`;
  assert.deepEqual(await runOf({ 'workflows.ts': source }), [
    [true, true, true],
    [1, 2],
    'a 1 {"b":2}',
    "Map { 1 => { a: 'x' } }",
    true,
    'x',
    0,
    'function',
  ]);
});

test('the names of the official SDK mean ours', async () => {
  const source = `
    import { proxyActivities, ApplicationFailure } from '@temporalio/workflow';
    import { ApplicationFailure as Common } from '@temporalio/common';
    import type { Context } from '@temporalio/activity';
    export async function f(context?: Context) { return ApplicationFailure === Common; }`;
  assert.equal(await runOf({ 'workflows.ts': source }), true);
});

test('interceptors and converters come along', async () => {
  const files = {
    'workflows.ts': 'export async function f() { return globalThis.seen; }',
    'interceptor.ts':
      'export const interceptors = () => ({ inbound: [{ execute: (input, next) => { globalThis.seen = "intercepted"; return next(input); } }] });',
  };
  const { code } = await bundleFiles(files, { workflowInterceptorModules: ['./interceptor.ts'] });
  const sandbox = new InThreadSandbox(readBundle(code));
  assert.equal(await resultOf(sandbox, 'f'), 'intercepted');
  await sandbox.close();
});

test('CommonJS and code that is not strict', async () => {
  const files = {
    'workflows.ts': "const lib = require('./lib.cjs'); exports.f = async () => [lib.within, lib.self, lib.args(1)];",
    'lib.cjs': `
      with ({ within: 8 }) exports.within = within;
      exports.self = (function () { return typeof this; })();
      exports.args = function (a) { arguments[0] = 2; return a; };`,
  };
  assert.deepEqual(await runOf(files), [8, 'object', 2]);
});

test('a text that is no bundle is told', () => {
  assert.throws(() => readBundle('console.log(1)'), /no workflow bundle of perdure/);
  assert.throws(() => readBundle('// perdure workflow bundle {"format":99,"exports":[]}\n'), /format 99/);
});

test('errors of the code are told with file and line', async () => {
  await assert.rejects(bundleFiles({ 'workflows.ts': 'export const x = ;' }), /workflows\.ts:1:17.*Unexpected/s);
});
