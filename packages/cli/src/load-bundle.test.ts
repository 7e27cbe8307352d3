/** `bin/load-bundle.js`: what V8 compiled is used again, and never the wrong thing. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CLI_VERSION } from './version.js';

interface Loaded {
  readonly exports: { readonly answer: () => string; readonly url: string };
  readonly keep: () => void;
}
const LOADER = fileURLToPath(new URL('../bin/load-bundle.js', import.meta.url));
const { loadBundle } = createRequire(import.meta.url)(LOADER) as { loadBundle: (file: string) => Loaded };

const folder = mkdtempSync(join(tmpdir(), 'perdure-bundle-'));
after(() => rmSync(folder, { recursive: true }));

function bundleOf(name: string, answer: string): string {
  const file = join(folder, `${name}.cjs`);
  writeFileSync(file, `exports.url = BUNDLE_URL; exports.answer = () => '${answer}';`);
  return file;
}

const keptFile = (file: string): string => `${file}.${process.version}-${process.arch}.cache`;

/** In a process of its own: within one, V8 remembers what it has compiled anyhow. */
function loadedAnew(file: string): string {
  const script = `const { exports, isCompiled } = require(process.argv[1]).loadBundle(process.argv[2]);
    console.log(exports.answer(), isCompiled ? 'as kept' : 'compiled');
    process.exit();`;
  return execFileSync(process.execPath, ['--eval', script, LOADER, file]).toString().trim();
}

test('what was compiled is kept and used again', () => {
  const file = bundleOf('kept', 'yes');
  const { exports, keep } = loadBundle(file);
  assert.equal(exports.answer(), 'yes');
  assert.equal(exports.url, pathToFileURL(file).href);
  assert.equal(loadedAnew(file), 'yes compiled');
  keep();
  assert.equal(loadedAnew(file), 'yes as kept');
});

test('a newer bundle of the same length is compiled anew', () => {
  const file = bundleOf('newer', 'old');
  loadBundle(file).keep();
  bundleOf('newer', 'new');
  utimesSync(keptFile(file), 1, 1);
  assert.equal(loadedAnew(file), 'new compiled');
});

test('a kept file that is none is passed over', () => {
  const file = bundleOf('odd', 'yes');
  writeFileSync(keptFile(file), 'not code');
  assert.equal(loadedAnew(file), 'yes compiled');
});

test('the launcher runs the command line', () => {
  const launcher = fileURLToPath(new URL('../bin/perdure.js', import.meta.url));
  for (const flags of [[], ['--enable-source-maps']])
    assert.equal(
      execFileSync(process.execPath, [...flags, launcher, '--version']).toString(),
      `perdure ${CLI_VERSION}\n`,
    );
});
