// What CI runs of all that needs official SDKs: node conformance/ci.mjs [--seed N]
//
// Our dev server on a free port with a database file; the conformance suites against the recorded histories; the SDKs' local
// test environments; then the chaos tests. Installs what is missing. Without a toolchain (Python, Go, Java) its suite is left
// out, with a line that says so; in CI (CI=true) that is a failure. The last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDevServer } from './chaos/dev-server.mjs';
import { missingFor } from './harness/toolchains.mjs';
import { setUp } from '../scripts/setup.mjs';

const MINUTE_MS = 60_000;
const tally = { passed: 0, failed: 0 };
const program = (path) => fileURLToPath(new URL(path, import.meta.url));

setUp();
const folder = mkdtempSync(join(tmpdir(), 'perdure-conformance-'));
const server = await startDevServer({ dbFilename: join(folder, 'conformance.db') });
for (const sdk of ['raw', 'typescript', 'python', 'go', 'java']) await suite(sdk);
await server.kill('SIGTERM');
await step('local environments', [program('local-environments.mjs')], 3 * MINUTE_MS);
await step('chaos', [program('chaos/main.mjs'), ...process.argv.slice(2)], 8 * MINUTE_MS);
if (tally.failed === 0) rmSync(folder, { recursive: true });

console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);

async function suite(sdk) {
  const missing = missingFor[sdk]();
  if (missing === undefined)
    return step(sdk, [program('run.mjs'), '--address', server.address, '--sdk', sdk], 4 * MINUTE_MS);
  if (process.env.CI === 'true') tally.failed++;
  console.log(
    process.env.CI === 'true' ? `not ok - ${sdk}: ${missing} is missing` : `ok - ${sdk} # SKIP ${missing} is missing`,
  );
}

/** Runs a program and adds up what it counts; one that breaks off or takes too long has failed once. */
async function step(name, args, limitMs) {
  // In a process group of its own, so that its end is the end of all it started.
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const killAll = () => process.kill(-child.pid, 'SIGKILL');
  process.on('exit', killAll);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    killAll();
  }, limitMs);
  const code = await new Promise((resolve) => child.once('close', resolve));
  process.off('exit', killAll);
  clearTimeout(timer);
  const [, passed = 0, failed = 0] = [...output.matchAll(/^(\d+) passed, (\d+) failed/gm)].at(-1) ?? [];
  tally.passed += Number(passed);
  tally.failed += Number(failed);
  if (code === 0 || Number(failed) > 0) return;
  tally.failed++;
  console.log(
    `not ok - ${name} ${isLate ? `was not done after ${limitMs / MINUTE_MS} minutes` : `ended with ${code}`}`,
  );
}
