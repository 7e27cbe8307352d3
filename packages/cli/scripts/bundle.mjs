/**
 * Puts the compiled command and the server into one file, `dist/bundle/main.cjs`, and runs what a start needs of it once, so that V8's
 * code of that can be kept beside it: reading and compiling two hundred modules takes longer than all the rest of a start. Runs after
 * `tsc -b`; the launcher works without a bundle, only slower.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const outdir = path('../dist/bundle');

const esbuild = await import('esbuild').catch(() => undefined);
rmSync(outdir, { recursive: true, force: true });
if (esbuild === undefined) process.stderr.write('esbuild is not installed: no bundle, so `perdure` starts slower.\n');
else {
  await bundle();
  await warmUp();
}

async function bundle() {
  const options = {
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    // Less to read for the engine; names and lines stay, for stack traces.
    minifyWhitespace: true,
    lineLimit: 200,
    sourcemap: 'linked',
    sourcesContent: false,
    external: ['@photostructure/sqlite', '@temporalio/proto'],
    legalComments: 'none',
    logLevel: 'warning',
  };
  await esbuild.build({
    ...options,
    format: 'cjs',
    entryPoints: [{ in: path('../dist/run-here.js'), out: 'main' }],
    outExtension: { '.js': '.cjs' },
    // The launcher hands it in.
    define: { 'import.meta.url': 'BUNDLE_URL' },
  });
  await esbuild.build({
    ...options,
    format: 'esm',
    // Threads of the SQLite store find their scripts beside the code that starts them.
    entryPoints: ['checkpoint-worker', 'scan-worker'].map((name) => ({
      in: path(`../../server/dist/store/sqlite/${name}.js`),
      out: name,
    })),
  });
}

/** Both stores, a server's first calls and a few commands. */
async function warmUp() {
  const { loadBundle } = createRequire(import.meta.url)('../bin/load-bundle.js');
  const { exports, keep } = loadBundle(join(outdir, 'main.cjs'));
  const folder = mkdtempSync(join(tmpdir(), 'perdure-build-'));
  try {
    const ended = [
      await startOne(exports.runCommandLine),
      await startOne(exports.runCommandLine, '--db-filename', join(folder, 'warm.db')),
    ];
    process.emit('SIGTERM', 'SIGTERM');
    await Promise.all(ended.flat());
    keep();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the promise of the server's end, in a box: whoever awaits the start must not await that. */
async function startOne(runCommandLine, ...flags) {
  let tell = () => {};
  const told = new Promise((resolve) => (tell = resolve));
  const around = { out: tell, err: (text) => process.stderr.write(text), env: {}, nowMs: () => Date.now() };
  const ended = runCommandLine(['server', 'start-dev', '--port', '0', '--headless', ...flags], around);
  const address = /Server +(\S+)/.exec(await told)[1];
  const call = (...args) => runCommandLine([...args, '--address', address], { ...around, out: () => {} });
  await call('operator', 'cluster', 'health');
  await call('workflow', 'start', '--type', 'Warm', '--task-queue', 'warm', '--workflow-id', 'warm');
  await call('workflow', 'describe', '--workflow-id', 'warm');
  return [ended];
}
