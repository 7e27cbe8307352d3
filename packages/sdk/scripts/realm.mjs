/**
 * Makes dist/worker/sandbox/realm-code.js: our workflow runtime, its converters and the globals of workflow code in one
 * script, which the sandbox evaluates in each realm. Beside it the names that workflow code can import. Runs after `tsc -b`.
 */
import { writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (name) => fileURLToPath(new URL(`../dist/${name}`, import.meta.url));
const outfile = path('worker/sandbox/realm-code.js');

const result = await build({
  entryPoints: [path('workflow/runtime/globals/realm-entry.js')],
  outfile,
  bundle: true,
  format: 'cjs',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'node20',
  banner: { js: '(function (module) { "use strict";' },
  footer: { js: 'return module.exports; })({ exports: {} })' },
  treeShaking: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
});
const outside = Object.values(result.metafile.outputs).flatMap((output) => output.imports.map((entry) => entry.path));
if (outside.length > 0) throw new Error(`The realm has modules of its own only, but it imports ${outside.join(', ')}`);

const modules = {
  'perdure/workflow': 'workflow/api/index.js',
  'perdure/converter': 'conversion/index.js',
};
const names = {};
for (const [name, file] of Object.entries(modules)) {
  names[name] = Object.keys(await import(new URL(`../dist/${file}`, import.meta.url))).sort();
}
writeFileSync(path('worker/sandbox/realm-exports.json'), `${JSON.stringify(names)}\n`);
const bytes = Object.values(result.metafile.outputs).map((output) => output.bytes);
process.stdout.write(`${relative(dirname(outfile), outfile)}: ${Math.round(Math.max(...bytes) / 1024)} KiB\n`);
