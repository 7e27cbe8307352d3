/** The Service with one bug: its compiled files copied to a folder of their own, one text replaced. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Modules } from '../modules.js';
import type { Mutant } from './mutant.js';

/** Beside this file, so that `@perdure/protocol` is found from there. */
const ROOM = fileURLToPath(new URL('../../dist/.mutants/', import.meta.url));
const SERVER = dirname(dirname(fileURLToPath(import.meta.resolve('@perdure/server/engine'))));
const COPIED = [
  'core',
  'engine',
  'ports',
  'store/memory',
  'store/memory.js',
  'store/count-groups.js',
  'store/visibility',
];

/** The text must be there exactly once: the mutant must follow the code. */
export function mutantProblem({ name, file, find }: Mutant): string | undefined {
  const times = readFileSync(join(SERVER, file), 'utf8').split(find).length - 1;
  return times === 1 ? undefined : `mutant "${name}": its text is ${times} times in ${file}`;
}

export async function plant(mutant: Mutant, number: number): Promise<Modules> {
  const folder = join(ROOM, String(number));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of COPIED) copy(part, folder);
  const file = join(folder, mutant.file);
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(mutant.find, () => mutant.replace),
  );
  const load = (path: string): Promise<unknown> => import(pathToFileURL(join(folder, path)).href);
  const [core, engine, memory] = await Promise.all([
    load('core/index.js'),
    load('engine/index.js'),
    load('store/memory.js'),
  ]);
  return { core, engine, memory } as Modules;
}

export function cleanUp(): void {
  rmSync(ROOM, { recursive: true, force: true });
}

function copy(part: string, folder: string): void {
  try {
    cpSync(join(SERVER, part), join(folder, part), {
      recursive: true,
      filter: (path) => !/\.(d\.ts|map)$|\.test\./.test(path),
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
