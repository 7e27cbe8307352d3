/**
 * A realm for tests: runtime and workflows bundled in memory, evaluated in a vm context whose microtasks run only when this
 * host says so. Nothing of the sandbox is here: globals are those of the language.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import vm from 'node:vm';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import type { Activation } from '../../replay/contract.js';
import type { Concluded, CreateRealm, Realm, RealmHost, RealmOptions, RunModules } from '../runtime/contract.js';

const DIST = join(import.meta.dirname, '../..');
const ALIASES: Readonly<Record<string, string>> = {
  'perdure/workflow': join(DIST, 'workflow/api/index.js'),
  '@temporalio/workflow': join(DIST, 'workflow/api/index.js'),
  'perdure/converter': join(DIST, 'conversion/index.js'),
  '@temporalio/common': join(DIST, 'conversion/index.js'),
};

/** What a bundle gives the host. */
interface Bundled {
  readonly createRealm: CreateRealm;
  readonly modules: RunModules;
  readonly globals: Readonly<Record<string, unknown>>;
}

const REPLACED = `
  const RealDate = Date;
  globalThis.Date = class Date extends RealDate {
    constructor(...args) { if (args.length === 0) super(forGlobals.inRun() ? forGlobals.nowMs() : 0); else super(...args); }
    static now() { return forGlobals.nowMs(); }
  };
  Math.random = () => forGlobals.random();
  globalThis.setTimeout = forGlobals.setTimeout;
  globalThis.clearTimeout = forGlobals.clearTimeout;
`;

/** `entry`: a file of workflows, or their source, which imports relative to the compiled package. */
export async function bundleWorkflows(entry: { readonly path: string } | { readonly source: string }): Promise<string> {
  const plugin: Plugin = {
    name: 'aliases',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(perdure|@temporalio)\// }, ({ path }) => {
        const target = ALIASES[path];
        return target === undefined ? undefined : { path: target };
      });
      onResolve({ filter: /^test:workflows$/ }, () => ({ path: 'workflows.js', namespace: 'test' }));
      onResolve({ filter: /\.js$/ }, ({ path, resolveDir }) => {
        const source = join(resolveDir, path.replace(/\.js$/, '.ts'));
        return path.startsWith('.') && existsSync(source) ? { path: source } : undefined;
      });
      onLoad({ filter: /./, namespace: 'test' }, () => {
        const contents = 'path' in entry ? `export * from ${JSON.stringify(entry.path)};` : entry.source;
        return { contents, resolveDir: DIST, loader: 'ts' };
      });
    },
  };
  const contents = `
    import { createRealm } from ${JSON.stringify(join(DIST, 'workflow/runtime/realm.js'))};
    import * as forGlobals from ${JSON.stringify(join(DIST, 'workflow/runtime/for-globals.js'))};
    import * as workflows from 'test:workflows';
    const { interceptors, payloadConverter, failureConverter, ...rest } = workflows;
    ${REPLACED}
    const modules = { workflows: rest, interceptors: interceptors ? [{ interceptors }] : [], payloadConverter, failureConverter };
    export { createRealm, modules };
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: DIST },
    bundle: true,
    format: 'iife',
    globalName: 'bundled',
    target: 'es2023',
    write: false,
    sourcemap: 'inline',
    sourcesContent: true,
    sourceRoot: '',
    plugins: [plugin],
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

/** One realm with the workflows of a bundle. */
export class TestRealm {
  readonly realm: Realm;
  readonly #drain: () => void;
  readonly #context: vm.Context;

  constructor(code: string, options: RealmOptions = {}, host: Partial<RealmHost> = {}) {
    const context = vm.createContext({}, { microtaskMode: 'afterEvaluate' });
    vm.runInContext(code, context, { filename: 'workflows-bundle.js' });
    const { createRealm, modules } = vm.runInContext('bundled', context) as Bundled;
    this.#context = context;
    const nothing = new vm.Script('0');
    this.#drain = () => void nothing.runInContext(context);
    this.realm = createRealm({ asyncContext: asyncContext(), ...sources(code), ...host }, () => modules, options);
  }

  /** A global of the realm. */
  global(name: string): unknown {
    return this.#context[name];
  }

  /** A whole activation. */
  activate(activation: Activation): Concluded {
    this.realm.begin(activation);
    do this.#drain();
    while (this.realm.step());
    this.#drain();
    return this.realm.conclude();
  }
}

function asyncContext(): RealmHost['asyncContext'] {
  const storage = new AsyncLocalStorage<unknown>();
  return { get: () => storage.getStore(), run: (value, fn) => storage.run(value, fn) };
}

const BUNDLE_PLACE = /workflows-bundle\.js:(\d+):(\d+)/;

/** Places in source files, by the map at the end of the bundle. */
function sources(code: string): Pick<RealmHost, 'mapStack' | 'sourceOf'> {
  let map: SourceMap | undefined;
  const loaded = (): SourceMap => {
    const [, base64 = ''] = /sourceMappingURL=data:application\/json;base64,(\S+)/.exec(code) ?? [];
    map ??= new SourceMap(JSON.parse(Buffer.from(base64, 'base64').toString()) as never);
    return map;
  };
  return {
    mapStack: (stack) =>
      stack
        .split('\n')
        .flatMap((line) => mapLine(line, loaded))
        .join('\n'),
    sourceOf: (path) => {
      const { sources: names, sourcesContent } = loaded().payload as unknown as {
        sources: string[];
        sourcesContent: string[];
      };
      return sourcesContent[names.indexOf(path)];
    },
  };
}

/** Nothing for a line of the runtime. */
function mapLine(text: string, map: () => SourceMap): string[] {
  const [place, line, column] = BUNDLE_PLACE.exec(text) ?? [];
  if (place === undefined) return [text];
  const entry = map().findEntry(Number(line) - 1, Number(column) - 1);
  if (!('originalSource' in entry)) return [];
  const { originalSource, originalLine, originalColumn } = entry;
  if (/^(?:\.\.\/)*(?:runtime|api|conversion)\//.test(originalSource)) return [];
  return [text.replace(place, `${originalSource}:${originalLine + 1}:${originalColumn + 1}`)];
}
