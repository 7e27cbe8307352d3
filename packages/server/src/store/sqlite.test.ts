import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testStore } from './conformance.js';
import { SqliteStore } from './sqlite.js';

testStore('sqlite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'perdure-sqlite-'));
  const file = join(directory, 'test.db');
  return {
    connect: () => new SqliteStore({ file }),
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
});
