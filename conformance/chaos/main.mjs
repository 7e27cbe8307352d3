// Real processes, killed and restarted: node conformance/chaos/main.mjs [--only NAME,…] [--seed N]
//
// Output is TAP-like; the last line is `N passed, N failed`. A failure names the seed; the database stays in the folder it names.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareChaos } from './prepare.mjs';
import { randomOf } from './random.mjs';

const TESTS = ['money-transfer', 'server-killed', 'power-cut', 'graceful-restart', 'tls'];
const LIMIT_MS = 180_000;

const { values: flags } = parseArgs({
  options: { only: { type: 'string', default: TESTS.join(',') }, seed: { type: 'string' } },
});
const seed = Number(flags.seed ?? Date.now() % 1_000_000);

const transfers = prepareChaos();
let passed = 0;
let failed = 0;
for (const test of flags.only.split(',')) await runTest(test);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function runTest(test) {
  const { name, run, missing } = await import(`./${test}.mjs`);
  const lacks = missing?.();
  if (lacks) return skip(name, lacks);
  const folder = mkdtempSync(join(tmpdir(), `perdure-${test}-`));
  const began = Date.now();
  try {
    const seen = await within(LIMIT_MS, run({ random: randomOf(seed), folder, transfers }));
    passed++;
    console.log(`ok - chaos ${name} (${Math.round((Date.now() - began) / 1000)} s)`);
    if (seen) console.log(`  ${seen}`);
    rmSync(folder, { recursive: true });
  } catch (error) {
    failed++;
    console.log(`not ok - chaos ${name}\n  ${String(error?.stack ?? error).replaceAll('\n', '\n  ')}`);
    console.log(
      `  again: node conformance/chaos/main.mjs --only ${test} --seed ${seed}; what is left of it: ${folder}`,
    );
  }
}

/** On a developer's machine a missing tool leaves the test out; in CI it is a failure. */
function skip(name, lacks) {
  if (process.env.CI === 'true') {
    failed++;
    console.log(`not ok - chaos ${name}\n  ${lacks} is missing`);
  } else console.log(`ok - chaos ${name} # SKIP ${lacks} is missing`);
}

function within(limitMs, work) {
  let timer;
  const late = new Promise(
    (_, reject) => (timer = setTimeout(() => reject(new Error(`not done after ${limitMs / 1000} s`)), limitMs)),
  );
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
