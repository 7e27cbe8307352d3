/** Files that cannot be opened, settings that are refused, and what a look at the file shows. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StoreError } from '../ports/index.js';
import type { StoreErrorCode } from '../ports/index.js';
import { putExecution } from './conformance/world.js';
import { SqliteStore } from './sqlite.js';
import { openSqlite } from './sqlite/driver.js';
import { SCHEMA_VERSION } from './sqlite/schema.js';

async function withFile(body: (file: string, directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'perdure-sqlite-'));
  try {
    await body(join(directory, 'test.db'), directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function assertRefused(store: SqliteStore, code: StoreErrorCode, message: RegExp): Promise<void> {
  await assert.rejects(store.open('test'), (error) => {
    assert.ok(error instanceof StoreError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

test('sqlite: what is not a database is refused and left as it was', () =>
  withFile(async (file) => {
    for (const content of ['not a database, but long enough to look like one '.repeat(50), 'short']) {
      await writeFile(file, content);
      await assertRefused(new SqliteStore({ file }), 'NOT_A_DATABASE', /Name an SQLite database or a new file/);
      assert.equal(await readFile(file, 'utf8'), content);
    }
  }));

test('sqlite: an empty file becomes a database', () =>
  withFile(async (file) => {
    await writeFile(file, '');
    const store = new SqliteStore({ file });
    assert.equal((await store.open('test')).epoch, 1);
    await store.close();
  }));

test('sqlite: a database of another program is refused and left as it was', () =>
  withFile(async (file) => {
    const db = openSqlite(file);
    db.exec('CREATE TABLE other (x); INSERT INTO other VALUES (1)');
    db.close();
    const before = await readFile(file);
    await assertRefused(new SqliteStore({ file }), 'NOT_A_DATABASE', /another program/);
    assert.deepEqual(await readFile(file), before);
  }));

test('sqlite: a database of a newer version is refused and left as it was', () =>
  withFile(async (file) => {
    const store = new SqliteStore({ file });
    await store.open('test');
    await store.close();
    const db = openSqlite(file);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    db.close();
    const before = await readFile(file);
    await assertRefused(store, 'NEWER_SCHEMA', new RegExp(`version ${SCHEMA_VERSION + 1}.*newer server`));
    assert.deepEqual(await readFile(file), before);
  }));

test('sqlite: a missing directory, and a directory as the file, are named', () =>
  withFile(async (_file, directory) => {
    await assertRefused(new SqliteStore({ file: join(directory, 'no', 'x.db') }), 'IO', /does not exist. Create it/);
    await assertRefused(new SqliteStore({ file: directory }), 'NOT_A_DATABASE', /is not a file/);
  }));

test('sqlite: a second store in the same process is refused until the first is closed', () =>
  withFile(async (file) => {
    const first = new SqliteStore({ file });
    await first.open('first');
    await assertRefused(new SqliteStore({ file }), 'OWNED', new RegExp(`process ${process.pid} on`));
    await first.close();
    const second = new SqliteStore({ file });
    assert.equal((await second.open('second')).epoch, 2);
    await second.close();
  }));

test('sqlite: an owner that lost its epoch is fenced off', () =>
  withFile(async (file) => {
    const store = new SqliteStore({ file });
    const { epoch } = await store.open('test');
    const other = openSqlite(file);
    other.exec('UPDATE owner SET epoch = epoch + 1');
    other.close();
    const outcome = await store.commit({ epoch, number: 1, writes: [putExecution(1)] });
    assert.equal(outcome.kind, 'fenced');
    assert.equal(await store.loadExecution({ by: 'execNo', execNo: 1 }), undefined);
    await store.close();
  }));

test('sqlite: settings that could lose writes are refused, harmless ones are set', () =>
  withFile(async (file) => {
    const unsafe = [
      ['synchronous', 'off'],
      ['journal_mode', 'MEMORY'],
      ['Journal_Mode', 'delete'],
      ['locking_mode', 'exclusive'],
      ['wal_autocheckpoint', '10'],
      ['no_such_thing', '1'],
      ['cache_size', '1; DROP TABLE execution'],
    ] as const;
    for (const [name, value] of unsafe) {
      const pragmas = new Map([[name, value]]);
      await assertRefused(new SqliteStore({ file, pragmas }), 'UNSAFE_PRAGMA', new RegExp(`pragma ${name}=`));
    }
    const pragmas = new Map([
      ['cache_size', '-2000'],
      ['temp_store', 'memory'],
      ['mmap_size', '1000000'],
      ['busy_timeout', '100'],
      ['journal_mode', 'WAL'],
      ['synchronous', 'extra'],
    ]);
    const store = new SqliteStore({ file, pragmas });
    const { epoch } = await store.open('test');
    assert.equal((await store.commit({ epoch, number: 1, writes: [putExecution(1)] })).kind, 'committed');
    await store.close();
  }));

test('sqlite: a damaged database is refused with advice', () =>
  withFile(async (file) => {
    const store = new SqliteStore({ file });
    await store.open('test');
    await store.close();
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0xff, 100, 8192));
    await assertRefused(store, 'NOT_A_DATABASE', /damaged|not a database/);
  }));
