/** From the user's source files to a workflow bundle, in memory, with esbuild. */
import { statSync } from 'node:fs';
import { dirname, isAbsolute, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import type { BuildOptions, BuildResult, Metafile } from 'esbuild';
import type { BundleOptions, WorkflowBundleWithSourceMap } from '../bundle-options.js';
import { readBundle, writeBundle } from '../bundle-format.js';
import { importChain } from './import-chain.js';
import { REFUSED_NAMESPACE, workflowPlugin } from './plugin.js';
import { refusalMessage } from './refused-modules.js';

/**
 * Bundles workflow code, for `workflowBundle` of a worker's options; its `code` can be kept in a file and run without the
 * source files and without esbuild. Takes some tens of milliseconds.
 *
 * Only what the exported workflows reach is kept. Throws an Error when esbuild is not installed, when a file cannot be
 * compiled, and when the code reaches a module that workflows cannot use.
 *
 * @example
 * const bundle = await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)) });
 * await writeFile('dist/workflows.bundle.js', bundle.code);
 */
export async function bundleWorkflowCode(options: BundleOptions): Promise<WorkflowBundleWithSourceMap> {
  const started = performance.now();
  const esbuild = await loadEsbuild();
  const result = await esbuild.build(buildOptions(options));
  for (const warning of result.warnings) options.logger?.warn(warning.text);
  refuseModules(result.metafile);
  const bundle = bundleOf(result);
  const elapsedMs = Math.round(performance.now() - started);
  options.logger?.info('Workflow bundle made', { sizeKiB: Math.ceil(bundle.code.length / 1024), elapsedMs });
  return bundle;
}

async function loadEsbuild(): Promise<typeof import('esbuild')> {
  try {
    return await import('esbuild');
  } catch (cause) {
    throw new Error(
      'Bundling workflows needs esbuild, which is not installed: run `npm install --save-dev esbuild`, or give the worker a bundle made beforehand (workflowBundle).',
      { cause },
    );
  }
}

function buildOptions(options: BundleOptions): BuildOptions & { metafile: true; write: false } {
  const workflowsPath = pathOf(options.workflowsPath);
  return {
    stdin: { contents: entryText(workflowsPath, options), resolveDir: folderOf(workflowsPath), sourcefile: ENTRY },
    absWorkingDir: process.cwd(),
    bundle: true,
    write: false,
    metafile: true,
    outfile: OUTFILE,
    format: 'cjs',
    platform: 'browser',
    conditions: ['workflow', 'worker'],
    target: 'node20',
    supported: { 'dynamic-import': false },
    define: DEFINE,
    treeShaking: true,
    sourcemap: 'external',
    sourcesContent: true,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
    plugins: [workflowPlugin(options.ignoreModules ?? [])],
  };
}

const ENTRY = 'perdure-entry.js';
/** At the root, so that sources are named from there. It is never written. */
const OUTFILE = resolvePath('/', 'perdure-workflows.js');

/** What tells a program that it was started, and a library that nobody debugs it: constants, so that dead code goes. */
const DEFINE: Readonly<Record<string, string>> = {
  'process.env.NODE_ENV': '"production"',
  'import.meta.main': 'false',
  'import.meta.url': '"perdure:workflows"',
  'require.main': 'undefined',
};

/** Gives all modules of a run to the realm. */
function entryText(workflowsPath: string, options: BundleOptions): string {
  const text = JSON.stringify;
  const interceptors = options.workflowInterceptorModules ?? [];
  const { payloadConverterPath, failureConverterPath } = options;
  const lines = [
    `import * as workflows from ${text(workflowsPath)};`,
    ...interceptors.map((path, index) => `import * as interceptors${index} from ${text(specifierOf(path))};`),
    ...(payloadConverterPath === undefined
      ? []
      : [`import { payloadConverter } from ${text(specifierOf(payloadConverterPath))};`]),
    ...(failureConverterPath === undefined
      ? []
      : [`import { failureConverter } from ${text(specifierOf(failureConverterPath))};`]),
  ];
  const given = [
    'workflows',
    `interceptors: [${interceptors.map((_, index) => `interceptors${index}`).join(', ')}]`,
    ...(payloadConverterPath === undefined ? [] : ['payloadConverter']),
    ...(failureConverterPath === undefined ? [] : ['failureConverter']),
  ];
  return [...lines, `__perdureGive({ ${given.join(', ')} });`].join('\n');
}

function pathOf(path: string): string {
  const plain = path.startsWith('file:') ? fileURLToPath(path) : path;
  return isAbsolute(plain) ? plain : resolvePath(plain);
}

/** A path or the name of a package. */
function specifierOf(path: string): string {
  return path.startsWith('file:') ? fileURLToPath(path) : path;
}

function folderOf(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? path : dirname(path);
}

/** Throws when code that is left after tree shaking uses a refused module. */
function refuseModules(metafile: Metafile): void {
  const kept = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const refused = kept
    .filter(([name, { bytesInOutput }]) => name.startsWith(`${REFUSED_NAMESPACE}:`) && bytesInOutput > 0)
    .map(([name]) => name);
  if (refused.length === 0) return;
  const names = new Set(kept.map(([name]) => name));
  throw new Error(
    refusalMessage(
      refused.map((name) => ({
        module: name.slice(REFUSED_NAMESPACE.length + 1),
        chain: importChain(metafile, ENTRY, name, names),
      })),
    ),
  );
}

function bundleOf(result: BuildResult<{ metafile: true; write: false }>): WorkflowBundleWithSourceMap {
  const code = result.outputFiles.find((file) => file.path.endsWith('.js'))?.text ?? '';
  const map = JSON.parse(result.outputFiles.find((file) => file.path.endsWith('.map'))?.text ?? '{}') as RawMap;
  // Lines of the bundle count from its header, which has none in the sources.
  const sources = map.sources.map(sourceName);
  const sourceMap = JSON.stringify({ ...map, sources, mappings: `;${map.mappings}` });
  const exports = exportsOf(code);
  const strict = writeBundle({ exports }, code, sourceMap);
  const bundled = compiles(strict) ? strict : writeBundle({ exports, isSloppy: true }, code, sourceMap);
  return { code: bundled, sourceMap };
}

/** Modules are strict, and so is all of a bundle, unless it has old code that cannot be. */
function compiles(bundle: string): boolean {
  try {
    new vm.Script(readBundle(bundle).script);
    return true;
  } catch {
    return false;
  }
}

/** Absolute, as a debugger needs it; modules that are no files keep their names. */
function sourceName(source: string): string {
  return /^[a-z]{3,}:/.test(source) ? source : resolvePath(dirname(OUTFILE), source);
}

/** The names that esbuild lists for the workflows' module. None when that is CommonJS: then they show when it is evaluated. */
function exportsOf(code: string): string[] {
  const namespace = /__perdureGive\(\{ workflows: (\w+)/.exec(code)?.[1];
  const list = new RegExp(`__export\\(${namespace}, \\{([^}]*)\\}`).exec(code)?.[1] ?? '';
  return [...list.matchAll(/^\s*"?([^\s":]+)"?: \(\) =>/gm)]
    .map((match) => match[1] ?? '')
    .filter((name) => name !== 'default');
}

interface RawMap {
  readonly sources: readonly string[];
  readonly mappings: string;
}
