/** Installs what is missing and builds what is out of date; shared by `npm start` and `npm test`. */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export function run(command, args, options = {}) {
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (status !== 0) {
    process.stderr.write(`\n${command} ${args.join(' ')} failed (${signal ?? `exit code ${status}`})\n`);
    process.exit(status ?? 1);
  }
}

/** `npm ci` in a folder whose node_modules is absent or older than its lockfile. */
export function install(folder) {
  const directory = join(root, folder);
  const installed = join(directory, 'node_modules', '.package-lock.json');
  const lock = join(directory, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  process.stderr.write(`Installing ${folder === '.' ? 'the workspace' : folder} …\n`);
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: directory });
}

export function setUp() {
  install('.');
  process.stderr.write('Building …\n');
  run('npm', ['run', '--silent', 'build']);
}
