/**
 * Loads a CommonJS bundle together with what V8 made of it before: the code of functions that a start needs, kept in a file
 * beside it for each version of Node. Reading that takes a quarter of the time of compiling.
 *
 * `npm run build` makes the file for the Node that builds. Another one makes its own, once a process has run for a moment, if it may
 * write there.
 */
'use strict';
const { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } = require('node:fs');
const { Module } = require('node:module');
const { dirname } = require('node:path');
const { pathToFileURL } = require('node:url');
const { constants, Script } = require('node:vm');

/** By then what a start compiles is compiled, and nobody waits any more. */
const KEEP_AFTER_MS = 2_000;

/** Returns the bundle's exports, and how to keep what V8 has compiled of it by then. */
function loadBundle(file) {
  const parameters = ['exports', 'require', 'module', '__filename', '__dirname', 'BUNDLE_URL'];
  const head = `(function (${parameters.join(', ')}) {`;
  const kept = `${file}.${process.version}-${process.arch}.cache`;
  const cachedData = readKept(kept, file);
  const script = new Script(`${head}${readFileSync(file, 'latin1')}\n})`, {
    filename: file,
    columnOffset: -head.length,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const isCompiled = cachedData !== undefined && script.cachedDataRejected === false;
  const keep = () => writeKept(kept, script.createCachedData());
  if (!isCompiled) setTimeout(keep, KEEP_AFTER_MS).unref();

  const module = { exports: {} };
  const parts = [module.exports, Module.createRequire(file), module, file, dirname(file), pathToFileURL(file).href];
  script.runInThisContext()(...parts);
  return { exports: module.exports, isCompiled, keep };
}

/** V8 refuses what another version or other flags have made, but tells sources apart by their length only. */
function readKept(kept, file) {
  const status = statSync(kept, { throwIfNoEntry: false });
  if (status === undefined || status.mtimeMs < statSync(file).mtimeMs) return undefined;
  try {
    return readFileSync(kept);
  } catch {
    return undefined;
  }
}

/** Whole or not at all: V8 does not look for damage. Where nothing can be written, the next start compiles again. */
function writeKept(kept, bytes) {
  const draft = `${kept}.${process.pid}`;
  try {
    const fd = openSync(draft, 'wx');
    try {
      writeSync(fd, bytes);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, kept);
  } catch {
    rmSync(draft, { force: true });
  }
}

module.exports = { loadBundle };
