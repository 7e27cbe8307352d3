// Installs and builds what a chosen SDK needs, once.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const python = process.env['PYTHON'] ?? 'python3';

/** The packages of the harness itself (and of the TypeScript programs). */
export function installHarness() {
  if (!existsSync(`${root}node_modules/@temporalio/proto`)) run('npm', ['ci', '--no-audit', '--no-fund']);
}

/** SDK → the command that runs its programs; builds it first. */
export const programs = {
  typescript() {
    run('node', ['node_modules/typescript/bin/tsc', '-p', 'programs/typescript']);
    return ['node', [`${root}dist/typescript/main.js`]];
  },
  /** The TypeScript programs on our own SDK: its packages under the names that they import. */
  perdure() {
    run('node', ['node_modules/typescript/bin/tsc', '-p', 'programs/perdure']);
    const packages = {
      activity: 'activity',
      client: 'client',
      common: 'converter',
      worker: 'worker',
      workflow: 'workflow',
    };
    for (const [name, subpath] of Object.entries(packages))
      standIn('perdure', `@temporalio/${name}`, { '.': './index.js' }, () => `perdure/${subpath}`);
    return ['node', [`${root}dist/perdure/main.js`]];
  },
  python() {
    const bin = `${root}.venv/bin/python`;
    if (!existsSync(bin)) run(python, ['-m', 'venv', '.venv']);
    if (spawnSync(bin, ['-c', 'import temporalio']).status !== 0)
      run(bin, ['-m', 'pip', 'install', '--quiet', '-r', 'programs/python/requirements.txt']);
    return [bin, [`${root}programs/python/main.py`]];
  },
  go() {
    mkdirSync(`${root}dist`, { recursive: true });
    run('go', ['build', '-o', '../../dist/conformance-go', '.'], `${root}programs/go`);
    return [`${root}dist/conformance-go`, []];
  },
  java() {
    const built = `${root}dist/java`;
    run('mvn', ['--quiet', '--batch-mode', '-Dstyle.color=never', '--file', 'programs/java/pom.xml', 'compile']);
    const dependencies = readFileSync(`${built}/classpath.txt`, 'utf8').trim();
    const classPath = `${built}/classes${delimiter}${dependencies}`;
    return ['java', ['-Dorg.slf4j.simpleLogger.defaultLogLevel=off', '-cp', classPath, 'conformance.Main']];
  },
};

/** The money-transfer example on the official SDK: its packages under the names that the example imports. */
export function officialMoneyTransfer() {
  run('node', ['node_modules/typescript/bin/tsc', '-p', 'programs/money-transfer']);
  const subpaths = ['activity', 'client', 'worker', 'workflow'];
  const exports = Object.fromEntries(subpaths.map((name) => [`./${name}`, `./${name}.js`]));
  standIn('money-transfer', 'perdure', exports, (path) => `@temporalio/${path.slice(2)}`);
  return `${root}dist/money-transfer`;
}

/** A package that is another one under a new name, for the programs in one folder of `dist`. */
function standIn(programs, name, exports, targetOf) {
  const folder = `${root}dist/${programs}/node_modules/${name}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, JSON.stringify({ name, type: 'module', exports }));
  for (const [path, file] of Object.entries(exports))
    writeFileSync(`${folder}/${file}`, `export * from '${targetOf(path)}';\n`);
}

export function run(command, args, cwd = root) {
  console.error(`# ${command} ${args.join(' ')}`);
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}
