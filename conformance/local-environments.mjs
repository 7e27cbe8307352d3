// The local and the time-skipping test environments of the official SDKs, each with our executable as its server:
//
//   node conformance/local-environments.mjs [--sdk typescript,python,go] [--executable FILE] [--test-executable FILE]
//
// (Java's has no such choice: it runs its own server, or connects to one that is up. Go's skips time without a server.) A
// program starts the environment in a foreign folder, in memory and on a file, runs workflows and ends it; then nothing may be
// left of the server.
// Output is TAP-like; the last line is `N passed, N failed`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startProgram } from './chaos/processes.mjs';
import { installHarness, programs } from './harness/install.mjs';
import { missingFor } from './harness/toolchains.mjs';
import { setUp } from '../scripts/setup.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const LIMIT_MS = 60_000;

const { values: flags } = parseArgs({
  options: {
    sdk: { type: 'string', default: 'typescript,python,go' },
    executable: { type: 'string', default: here('../node_modules/.bin/perdure') },
    'test-executable': { type: 'string', default: here('../packages/cli/bin/perdure-test-server.js') },
  },
});

/** SDK → the command and arguments of its program, before `--executable` and `--db`. */
const commandOf = {
  typescript: () => [programs.typescript()[0], [here('dist/typescript/local-environment.js')]],
  python: () => [programs.python()[0], [here('programs/python/local_environment.py')]],
  go: () => programs.go(),
};

/** The same for environments that skip time. */
const skippingCommandOf = {
  typescript: () => [programs.typescript()[0], [here('dist/typescript/time-skipping-environment.js')]],
  python: () => [programs.python()[0], [here('programs/python/time_skipping_environment.py')]],
};

const tally = { passed: 0, failed: 0 };
setUp();
installHarness();
for (const sdk of flags.sdk.split(',')) await checkSdk(sdk);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);

async function checkSdk(sdk) {
  const missing = missingFor[sdk]();
  if (missing !== undefined) {
    if (process.env.CI === 'true') tally.failed++;
    console.log(
      `${process.env.CI === 'true' ? 'not ' : ''}ok - local environment of ${sdk} # SKIP ${missing} is missing`,
    );
    return;
  }
  const command = commandOf[sdk]();
  const folder = mkdtempSync(join(tmpdir(), 'perdure-local-'));
  await check(`${sdk} in memory`, () => runIn(folder, command));
  await check(`${sdk} on a file`, async () => {
    await runIn(folder, command, 'local.db');
    assert.ok(statSync(join(folder, 'local.db')).size > 0);
  });
  const skipping = skippingCommandOf[sdk]?.();
  if (skipping !== undefined)
    await check(`${sdk}, skipping time`, () => runIn(folder, skipping, undefined, 'test-executable'));
  rmSync(folder, { recursive: true });
}

async function check(name, act) {
  try {
    await act();
    tally.passed++;
    console.log(`ok - local environment of ${name}`);
  } catch (error) {
    tally.failed++;
    console.log(`not ok - local environment of ${name}\n  ${String(error?.stack ?? error).replaceAll('\n', '\n  ')}`);
  }
}

async function runIn(folder, [command, args], db, executable = 'executable') {
  const own = ['--executable', flags[executable], ...(db === undefined ? [] : ['--db', db])];
  const program = startProgram([...args, ...own], { command, cwd: folder });
  const timer = setTimeout(() => program.kill(), LIMIT_MS);
  const { code } = await program.ended;
  clearTimeout(timer);
  assert.equal(code, 0, program.output);
  const [, address] = /^\{"address": ?"(.+)"\}$/m.exec(program.output) ?? assert.fail(program.output);
  await nobodyListens(address);
}

/** The program has waited for the end of its server, so this needs no patience. */
async function nobodyListens(address) {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  const [error] = await once(socket, 'error', { signal: AbortSignal.timeout(5_000) });
  assert.equal(error.code, 'ECONNREFUSED');
}
