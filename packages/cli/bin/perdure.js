#!/usr/bin/env node
// Runs the bundle, which starts in half the time, unless something was compiled after it was made.
import { statSync } from 'node:fs';
import module from 'node:module';

const url = (path) => new URL(path, import.meta.url);
const writtenMs = (path) => statSync(url(path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const compiled = [
  '../dist/.tsbuildinfo',
  '../../server/dist/.tsbuildinfo',
  '../../server/dist/.tsbuildinfo-pure',
  '../../protocol/dist/.tsbuildinfo',
];

const bundleMs = writtenMs('../dist/bundle/main.js');
const isFresh = bundleMs > 0 && compiled.every((path) => writtenMs(path) <= bundleMs);
if (!isFresh && writtenMs('../dist/main.js') === 0) {
  process.stderr.write('perdure is not built yet: run `npm ci && npm run build` in its repository.\n');
  process.exit(1);
}
module.enableCompileCache?.();
await import(url(isFresh ? '../dist/bundle/main.js' : '../dist/main.js').href);
