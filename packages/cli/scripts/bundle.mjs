/**
 * Puts the compiled command and the server into a few files, `dist/bundle`: reading two hundred modules one by one takes
 * longer than all the rest of a start. Runs after `tsc -b`; the launcher works without a bundle, only slower.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const outdir = path('../dist/bundle');

const esbuild = await import('esbuild').catch(() => undefined);
rmSync(outdir, { recursive: true, force: true });
if (esbuild === undefined) process.stderr.write('esbuild is not installed: no bundle, so `perdure` starts slower.\n');
else {
  await esbuild.build({
    entryPoints: [
      { in: path('../dist/main.js'), out: 'main' },
      // Threads of the SQLite store find their scripts beside the code that starts them.
      { in: path('../../server/dist/store/sqlite/checkpoint-worker.js'), out: 'checkpoint-worker' },
      { in: path('../../server/dist/store/sqlite/scan-worker.js'), out: 'scan-worker' },
    ],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Less to read for the engine; names and lines stay, for stack traces.
    minifyWhitespace: true,
    lineLimit: 200,
    external: ['@photostructure/sqlite', '@temporalio/proto'],
    legalComments: 'none',
    logLevel: 'warning',
  });
}
