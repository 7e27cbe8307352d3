// Files stay on the machine that downloaded them, so the steps after it must run there: each worker has a queue of its own.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Polled from the queue that all workers share: whoever takes it tells its own queue. */
export function makeSharedActivities(ownQueue: string) {
  return {
    async chooseHost(): Promise<string> {
      return ownQueue;
    },
  };
}

/** Polled from the worker's own queue. */
export const hostActivities = {
  async download(text: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'film-'));
    const path = join(folder, 'film.txt');
    await writeFile(path, text);
    return path;
  },
  async countWords(path: string): Promise<number> {
    return (await readFile(path, 'utf8')).split(/\s+/).length;
  },
  async cleanUp(path: string): Promise<void> {
    await rm(join(path, '..'), { recursive: true });
  },
};
