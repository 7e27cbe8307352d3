/**
 * The package as others get it: packed, installed without a network into an empty project, loaded by `require`, by `import`, and by
 * both in one process. Slow, because it installs.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { createServer } from '@perdure/server';
import { addressOf } from '../client/world.test.js';

const execute = promisify(execFile);
const sdk = join(import.meta.dirname, '..', '..');
const packages = [
  sdk,
  join(sdk, '..', 'protocol'),
  dirname(dirname(createRequire(import.meta.url).resolve('smol-toml'))),
];

let project = '';

before(async () => {
  project = mkdtempSync(join(tmpdir(), 'packed-'));
  await execute(process.execPath, [join(sdk, '..', '..', 'scripts', 'commonjs.mjs')]);
  await execute('npm', ['pack', '--silent', '--ignore-scripts', ...packages], { cwd: project });
  const tarballs = readdirSync(project).map((name) => join(project, name));
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
  await execute('npm', ['install', '--offline', '--no-audit', '--no-fund', ...tarballs], { cwd: project });
  for (const tarball of tarballs) rmSync(tarball);
});

after(() => rmSync(project, { recursive: true }));

/** Runs a program in the project; what it prints. */
async function run(name: string, text: string, ...args: string[]): Promise<string> {
  writeFileSync(join(project, name), text);
  const { stdout } = await execute(process.execPath, [join(project, name), ...args], { cwd: project });
  return stdout.trim();
}

function subpaths(): string[] {
  const { exports } = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8')) as {
    exports: Record<string, unknown>;
  };
  return Object.keys(exports).map((subpath) => subpath.replace(/^\./, 'perdure'));
}

test('the install is light, and nothing in it is native', () => {
  const installed = join(project, 'node_modules');
  const files = readdirSync(installed, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
  const manifests = paths.filter((path) => /node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+[\\/]package\.json$/.test(path));
  assert.ok(bytes <= 25e6, `${bytes} bytes`);
  assert.ok(manifests.length <= 25, manifests.join('\n'));
  assert.deepEqual(
    paths.filter((path) => /\.(node|gyp)$|\.test\./.test(path)),
    [],
  );
  for (const manifest of manifests) {
    const { scripts = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as { scripts?: Record<string, string> };
    assert.deepEqual(
      Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name)),
      [],
      manifest,
    );
  }
});

test('every subpath is there by require and by import, with the same names', async () => {
  const text = `
    (async () => {
      for (const subpath of process.argv.slice(2)) {
        const required = Object.keys(require(subpath)).sort();
        const imported = Object.keys(await import(subpath)).filter((name) => name !== 'module.exports').sort();
        if (required.length === 0 || required.join() !== imported.join()) throw new Error(subpath + ': ' + required + ' / ' + imported);
      }
      console.log('same');
    })();`;
  assert.equal(await run('subpaths.cjs', text, ...subpaths()), 'same');
});

test('a client by require against a server', async (t) => {
  const server = await createServer({ port: 0 });
  t.after(() => server.close(0));
  const text = `
    const { Client, Connection } = require('perdure/client');
    (async () => {
      const connection = await Connection.connect({ address: process.argv[2] });
      const { count } = await new Client({ connection }).workflow.count();
      console.log(count);
      await connection.close();
    })();`;
  assert.equal(await run('client.cjs', text, addressOf(server)), '0');
});

test('both copies in one process understand each other', async (t) => {
  const server = await createServer({ port: 0 });
  t.after(() => server.close(0));
  const text = `
    import assert from 'node:assert';
    import { createRequire } from 'node:module';
    import * as client from 'perdure/client';
    import * as converter from 'perdure/converter';
    const require = createRequire(import.meta.url);
    const other = require('perdure/client');
    const otherConverter = require('perdure/converter');
    assert.notEqual(client.Connection, other.Connection);
    assert.ok(new other.ApplicationFailure('m') instanceof client.ApplicationFailure);
    assert.ok(new client.ServiceError('m') instanceof other.ServiceError);
    const payload = converter.defaultPayloadConverter.toPayload(1);
    const raw = otherConverter.RawValue.fromPayload(payload);
    assert.equal(converter.defaultPayloadConverter.toPayload(raw), payload);
    const key = converter.defineSearchAttributeKey('k', 'KEYWORD');
    const typedSearchAttributes = new otherConverter.TypedSearchAttributes([{ key, value: 'v' }]);
    const connection = await other.Connection.connect({ address: process.argv[2] });
    const ours = new client.Client({ connection });
    await assert.rejects(ours.workflow.getHandle('none').describe(), other.WorkflowNotFoundError);
    const call = () => ours.workflowService.getSystemInfo({});
    await assert.rejects(ours.withDeadline(Date.now() - 1, call), client.isGrpcDeadlineError);
    await assert.rejects(ours.workflow.start('t', { workflowId: 'w', taskQueue: 'q', typedSearchAttributes }), /'?k'?/);
    await connection.close();
    console.log('fine');`;
  assert.equal(await run('both.mjs', text, addressOf(server)), 'fine');
});

test('a TypeScript program in CommonJS compiles against it', async () => {
  const text = `
    import { Client, Connection, WorkflowFailedError } from 'perdure/client';
    import type { Payload } from 'perdure/converter';
    export async function main(payload?: Payload): Promise<string> {
      const client = new Client({ connection: await Connection.connect() });
      const handle = await client.workflow.start('order', { workflowId: 'w', taskQueue: 'q', args: [payload] });
      return handle.result().catch((e: unknown) => (e instanceof WorkflowFailedError ? e.message : 'other'));
    }`;
  writeFileSync(join(project, 'program.cts'), text);
  // Applications have the types of Node; here they lie beside this package.
  const typeRoots = [join(sdk, '..', '..', 'node_modules', '@types')];
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    lib: ['es2023'],
    types: ['node'],
    typeRoots,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.cts'] }));
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  await execute(process.execPath, [compiler, '-p', project]).catch((error: { stdout?: string }) =>
    assert.fail(error.stdout),
  );
});
