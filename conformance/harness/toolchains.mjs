// Which SDKs' programs this machine can build and run.
import { spawnSync } from 'node:child_process';

const works = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** What is missing for an SDK's programs; undefined when nothing is. */
export const missingFor = {
  raw: () => undefined,
  typescript: () => undefined,
  perdure: () => undefined,
  python: () =>
    works(process.env.PYTHON ?? 'python3', '-c', 'import venv, ensurepip') ? undefined : 'python3 with venv',
  go: () => (works('go', 'version') ? undefined : 'go'),
  java: () =>
    !works('javac', '--release', '17', '-version')
      ? 'a JDK, 17 or later,'
      : works('mvn', '-version')
        ? undefined
        : 'mvn',
};
