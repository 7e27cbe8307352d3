/** Our part in esbuild's resolution: what workflow code gets for `perdure/workflow`, for modules of Node, and for refused ones. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImportKind, OnLoadResult, OnResolveResult, Plugin } from 'esbuild';
import { isRefused, NODE_MODULES, SHARED_MODULES, WATCHED_NAMES } from './refused-modules.js';

/** Namespaces of modules that are no files. */
const SHARED = 'perdure';
export const REFUSED_NAMESPACE = 'refused';
const IGNORED = 'ignored';
const REQUIRED = 'required';

export function workflowPlugin(ignoreModules: readonly string[]): Plugin {
  const ignored = new Set(ignoreModules.map(plainName));
  return {
    name: 'perdure',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: WATCHED_NAMES }, ({ path, kind }) => resolve(path, kind, ignored));
      for (const name of ignored) {
        onResolve({ filter: new RegExp(`^${escaped(name)}(?:/|$)`) }, ({ path }) => at(IGNORED, path));
      }
      onLoad({ filter: /.*/, namespace: SHARED }, ({ path }) => sharedModule(path));
      // Without side effects: what imports one but does not use it, drops it.
      onLoad({ filter: /.*/, namespace: REFUSED_NAMESPACE }, () => ({
        contents: 'module.exports = {};',
        loader: 'js',
      }));
      // CommonJS expects the default export: a function to call, a class to extend.
      onLoad({ filter: /.*/, namespace: REQUIRED }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(nodeModule(path))}).default;`,
        resolveDir: dirname(nodeModule(path)),
        loader: 'js',
      }));
      onLoad({ filter: /.*/, namespace: IGNORED }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
    },
  };
}

function resolve(specifier: string, kind: ImportKind, ignored: ReadonlySet<string>): OnResolveResult | undefined {
  const name = plainName(specifier);
  if (Object.hasOwn(SHARED_MODULES, specifier)) return at(SHARED, specifier);
  if (ignored.has(name)) return at(IGNORED, specifier);
  if (Object.hasOwn(NODE_MODULES, name)) {
    return kind === 'require-call' ? at(REQUIRED, name) : { path: nodeModule(name), sideEffects: false };
  }
  return isRefused(specifier) ? at(REFUSED_NAMESPACE, specifier) : undefined;
}

function nodeModule(name: string): string {
  return fileURLToPath(new URL(`../../../workflow/runtime/globals/node/${NODE_MODULES[name]}`, import.meta.url));
}

function at(namespace: string, path: string): OnResolveResult {
  return { path, namespace, sideEffects: false };
}

function plainName(specifier: string): string {
  return specifier.replace(/^node:/, '');
}

function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Each export by itself, so that only those are there that code uses. */
function sharedModule(specifier: string): OnLoadResult {
  const owners = new Map<string, string>();
  for (const module of SHARED_MODULES[specifier] ?? []) {
    for (const name of exportsOf(module)) if (!owners.has(name)) owners.set(name, module);
  }
  const lines = [...owners].map(([name, module]) => {
    return `export const ${name} = /* @__PURE__ */ __perdureShared(${JSON.stringify(module)}, '${name}');`;
  });
  return { contents: lines.join('\n'), loader: 'js' };
}

let exportNames: Readonly<Record<string, readonly string[]>> | undefined;

function exportsOf(module: string): readonly string[] {
  exportNames ??= JSON.parse(
    readFileSync(new URL('../realm-exports.json', import.meta.url), 'utf8'),
  ) as typeof exportNames;
  return exportNames?.[module] ?? [];
}
