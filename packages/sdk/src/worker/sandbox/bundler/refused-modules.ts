/** Modules that workflow code must not reach, those that are made for it, and what the error says about the former. */
import { builtinModules } from 'node:module';

/** Modules that all runs of a realm share, by the names under which code imports them. */
export const SHARED_MODULES: Readonly<Record<string, readonly string[]>> = {
  'perdure/workflow': ['perdure/workflow'],
  'perdure/converter': ['perdure/converter'],
  '@temporalio/workflow': ['perdure/workflow'],
  '@temporalio/common': ['perdure/converter', 'perdure/workflow'],
};

/** Modules of Node that are made for workflows: pure, small, and evaluated per run. */
export const NODE_MODULES: Readonly<Record<string, string>> = {
  assert: 'assert.js',
  'assert/strict': 'assert-strict.js',
  events: 'events.js',
  url: 'url.js',
  util: 'util.js',
};

const OURS = ['perdure', 'perdure/activity', 'perdure/client', 'perdure/testing', 'perdure/worker', '@perdure/server'];
const OTHERS = ['activity', 'client', 'core-bridge', 'proto', 'testing', 'worker'].map((name) => `@temporalio/${name}`);
const REFUSED = new Set([...builtinModules, ...OURS, ...OTHERS]);

/** Names that the bundler must look at: builtins, ours, and those of the official SDK. */
export const WATCHED_NAMES = new RegExp(
  `^(?:node:.*|(?:perdure|@perdure|@temporalio)(?:/.*)?|(?:${builtinModules.map((name) => name.replaceAll('/', '\\/')).join('|')}))$`,
);

export function isRefused(specifier: string): boolean {
  return specifier.startsWith('node:') || REFUSED.has(specifier);
}

/** Where a refused module is imported: the files from the entry to the import, and the module. */
export interface Refusal {
  readonly module: string;
  readonly chain: readonly string[];
}

/** Says what was imported, on which way, and the three cures. */
export function refusalMessage(refusals: readonly Refusal[]): string {
  const what = refusals.map(({ module, chain }) => {
    return `'${module}', imported by\n${[...chain]
      .reverse()
      .map((file) => `    ${file}`)
      .join('\n')}`;
  });
  const names = refusals.map(({ module }) => `'${module}'`).join(', ');
  return [
    'Workflow code cannot use modules that do I/O or depend on the machine, because it must do the same when it is replayed:',
    ...what.map((line) => `  ${line}`),
    'Do one of these:',
    '  - call the code that needs the module in an activity;',
    '  - if only its types are used, write `import type`;',
    `  - if workflows never call that code, leave the module out: bundlerOptions: { ignoreModules: [${names}] }.`,
  ].join('\n');
}
