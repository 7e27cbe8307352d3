/** `npm test`: sets up, then runs every test that needs no other system. The last line reads `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, setUp } from './setup.mjs';

setUp();
// The examples are not built for a newcomer's `npm start`.
run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'examples']);

/** A test that hangs fails, and the others go on. */
const TEST_TIMEOUT_MS = 5 * 60_000;

const files = [
  'packages/protocol',
  'packages/server',
  'packages/sdk',
  'packages/cli',
  'sim',
  'bench',
  'examples',
].flatMap((folder) => testFiles(join(root, folder, 'dist')));
const unit = await nodeTests(files);
const sim = await simulator(Number(process.env.PERDURE_SIM_SEEDS ?? 200));
const passed = unit.passed + sim.passed;
const failed = unit.failed + sim.failed;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function testFiles(directory) {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.js'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

async function nodeTests(paths) {
  const { output, code } = await capture(process.execPath, [
    '--test',
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    '--test-reporter=spec',
    ...paths,
  ]);
  const passed = Number(/^ℹ pass (\d+)/m.exec(output)?.[1] ?? 0);
  const failed = Number(/^ℹ fail (\d+)/m.exec(output)?.[1] ?? 0);
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
}

async function simulator(seeds) {
  const { output, code } = await capture(process.execPath, ['sim/dist/main.js', '--seeds', String(seeds)]);
  const [, passed, failed] = /^(\d+) passed, (\d+) failed/m.exec(output) ?? [];
  return { passed: Number(passed ?? 0), failed: code === 0 ? Number(failed ?? 0) : Math.max(1, Number(failed ?? 1)) };
}

function capture(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('close', (code) => resolve({ output, code }));
  });
}
