#!/usr/bin/env node
// Runs the bundle, which starts in half the time, unless something was compiled after it was made. CommonJS: Node's loader
// of ES modules alone takes some milliseconds.
'use strict';
const { statSync } = require('node:fs');
const { join } = require('node:path');
const { loadBundle } = require('./load-bundle.js');

const bundle = join(__dirname, '../dist/bundle/main.cjs');
const modules = join(__dirname, '../dist/main.js');
const compiled = ['cli/dist/.tsbuildinfo', 'protocol/dist/.tsbuildinfo'].concat(
  ['', '-pure'].map((part) => `server/dist/.tsbuildinfo${part}`),
);
const writtenMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const bundleMs = writtenMs(bundle);
const isFresh = bundleMs > 0 && compiled.every((path) => writtenMs(join(__dirname, '../..', path)) <= bundleMs);
// Node maps what it loads itself; of the bundle, stack traces would show lines that nobody wrote.
if (isFresh && process.sourceMapsEnabled !== true) void loadBundle(bundle).exports.runHere();
else if (writtenMs(modules) > 0) void import('../dist/main.js');
else {
  process.stderr.write('perdure is not built yet: run `npm ci && npm run build` in its repository.\n');
  process.exit(1);
}
