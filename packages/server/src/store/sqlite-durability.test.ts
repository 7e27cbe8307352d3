/** Failing flushes, a log that is removed, foreign locks, checkpoints under load, reads that take too long. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CommitOutcome, Write } from '../ports/index.js';
import { StoreError } from '../ports/index.js';
import { filterOf } from './conformance/lists.js';
import { append, putExecution } from './conformance/world.js';
import { SqliteStore } from './sqlite.js';
import type { SqliteStoreOptions } from './sqlite.js';
import { openSqlite } from './sqlite/driver.js';
import type { SqliteDatabase } from './sqlite/driver.js';
import { countRows, MORE_TIME } from './sqlite/visibility.js';

const KIB = 1024;

interface Owned {
  readonly store: SqliteStore;
  readonly file: string;
  /** Commits under the next number. */
  readonly commit: (...writes: Write[]) => Promise<CommitOutcome>;
}

async function withStore(
  options: Omit<SqliteStoreOptions, 'file'>,
  body: (owned: Owned) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'perdure-sqlite-'));
  const file = join(directory, 'test.db');
  const store = new SqliteStore({ file, ...options });
  try {
    const { epoch } = await store.open('test');
    let number = 0;
    await body({ store, file, commit: (...writes) => store.commit({ epoch, number: ++number, writes }) });
  } finally {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  }
}

const COMMITTED = { kind: 'committed' };

test('sqlite: a failed flush is fatal, is not tried again, and nothing is copied from that log', async () => {
  let flushes = 0;
  const flushFile: NonNullable<SqliteStoreOptions['flushFile']> = (_fd, done) => {
    flushes += 1;
    setImmediate(() =>
      done(flushes === 2 ? Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }) : null),
    );
  };
  await withStore({ flushFile }, async ({ store, file, commit }) => {
    assert.deepEqual(await commit(putExecution(1)), COMMITTED);
    const outcomes = await Promise.all([commit(putExecution(2)), commit(putExecution(3)), commit(putExecution(4))]);
    for (const outcome of outcomes) {
      assert.ok(outcome.kind === 'fatal');
      assert.match(outcome.reason, /EIO/);
    }
    assert.equal((await commit(putExecution(5))).kind, 'fatal');
    assert.equal(flushes, 2);
    await store.close();
    assert.ok((await stat(`${file}-wal`)).size > 0, 'the log is left for the next process');
    const next = new SqliteStore({ file });
    await next.open('next');
    assert.equal((await next.loadExecution({ by: 'execNo', execNo: 1 }))?.execNo, 1);
    await next.close();
  });
});

test('sqlite: groups written while a flush is under way share the next one', async () => {
  const flushing: (() => void)[] = [];
  const flushFile: NonNullable<SqliteStoreOptions['flushFile']> = (_fd, done) => void flushing.push(() => done(null));
  await withStore({ flushFile }, async ({ commit }) => {
    const answered: number[] = [];
    const commits = [1, 2, 3, 4].map(async (execNo) => {
      assert.deepEqual(await commit(putExecution(execNo)), COMMITTED);
      answered.push(execNo);
    });
    assert.equal(flushing.length, 1);
    flushing[0]?.();
    await commits[0];
    assert.deepEqual(answered, [1]);
    assert.equal(flushing.length, 2);
    flushing[1]?.();
    await Promise.all(commits);
    assert.deepEqual(answered, [1, 2, 3, 4]);
    assert.equal(flushing.length, 2);
  });
});

test('sqlite: a log that is removed while in use is saved into the database, and the store ends', async () => {
  await withStore({}, async ({ store, file, commit }) => {
    assert.deepEqual(await commit(putExecution(1)), COMMITTED);
    await rm(`${file}-wal`);
    const outcome = await commit(putExecution(2));
    assert.ok(outcome.kind === 'fatal');
    assert.match(outcome.reason, /test\.db-wal was removed/);
    assert.equal((await commit(putExecution(3))).kind, 'fatal');
    await store.close();
    const next = new SqliteStore({ file });
    await next.open('next');
    assert.equal((await next.loadExecution({ by: 'execNo', execNo: 1 }))?.execNo, 1);
    await next.close();
  });
});

test('sqlite: commits wait for a lock that another program holds, and keep their order', async () => {
  await withStore({}, async ({ store, file, commit }) => {
    const other = openSqlite(file);
    other.exec('BEGIN IMMEDIATE');
    const commits = [commit(putExecution(1)), commit(putExecution(2), append(2, 1, 1, 1)), commit(append(2, 2, 2, 1))];
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await store.loadExecution({ by: 'execNo', execNo: 1 }), undefined);
    other.exec('ROLLBACK');
    other.close();
    assert.deepEqual(await Promise.all(commits), [COMMITTED, COMMITTED, COMMITTED]);
  });
});

test('sqlite: the log stays bounded under load, while lists run, and nothing is lost', async () => {
  const pacerLimits = { copyAtBytes: 512 * KIB, holdAtBytes: 4096 * KIB, lastStretchBytes: 128 * KIB, holdMsMax: 2000 };
  await withStore({ pacerLimits }, async ({ store, file, commit }) => {
    let logBytesMax = 0;
    let isDone = false;
    const lists = (async () => {
      while (!isDone) {
        const page = await store.list(filterOf("WorkflowType = 'none' ORDER BY WorkflowId"));
        assert.equal(page.kind, 'page');
      }
    })();
    for (let round = 0; round < 300; round++) {
      const execNos = Array.from({ length: 10 }, (_, index) => round * 10 + index + 1);
      const writes = execNos.flatMap((execNo) => [putExecution(execNo), append(execNo, 1, 1, 1, 20 * KIB)]);
      assert.deepEqual(await commit(...writes), COMMITTED);
      logBytesMax = Math.max(logBytesMax, (await stat(`${file}-wal`)).size);
    }
    isDone = true;
    await lists;
    // 60 MiB were written. The log is looked at every MiB.
    assert.ok(logBytesMax < 6 * KIB * KIB, `the log grew to ${logBytesMax} bytes`);
    await store.close();
    await store.open('again');
    for (const execNo of [1, 1500, 3000]) {
      assert.equal((await store.loadExecution({ by: 'execNo', execNo }))?.tail[0]?.events.length, 20 * KIB);
    }
    assert.deepEqual(await store.count(filterOf('')), [{ value: undefined, count: 3000 }]);
  });
});

test('sqlite: a reader of another program makes the log grow, but does not stop commits', async () => {
  const pacerLimits = { copyAtBytes: 512 * KIB, holdAtBytes: 1024 * KIB, lastStretchBytes: 128 * KIB, holdMsMax: 20 };
  await withStore({ pacerLimits }, async ({ file, commit }) => {
    await commit(putExecution(1));
    const other = openSqlite(file, { readOnly: true });
    other.exec('BEGIN');
    other.prepare('SELECT count(*) FROM execution').get();
    for (let seq = 1; seq <= 400; seq++) assert.deepEqual(await commit(append(1, seq, seq, 1, 20 * KIB)), COMMITTED);
    assert.ok((await stat(`${file}-wal`)).size > 7 * KIB * KIB);
    other.exec('ROLLBACK');
    other.close();
    for (let seq = 401; seq <= 600; seq++) assert.deepEqual(await commit(append(1, seq, seq, 1, 20 * KIB)), COMMITTED);
  });
});

test('sqlite: a list over its time is stopped with advice, and the next one works', async () => {
  await withStore({ scanTimeLimitMs: -1 }, async ({ store, commit }) => {
    await commit(putExecution(1));
    await assert.rejects(store.list(filterOf('')), (error) => {
      assert.ok(error instanceof StoreError);
      assert.equal(error.code, 'TIME_LIMIT');
      assert.match(error.message, /Narrow it/);
      return true;
    });
    // Counters need no time.
    assert.deepEqual(await store.count(filterOf('')), [{ value: undefined, count: 1 }]);
  });
});

test('sqlite: every row that a scan looks at asks for more time, wanted or not', async () => {
  await withStore({}, async ({ store, file, commit }) => {
    await commit(...Array.from({ length: 500 }, (_, index) => putExecution(index + 1)));
    const db: SqliteDatabase = openSqlite(file, { readOnly: true });
    let rows = 0;
    db.function(MORE_TIME, { deterministic: false }, (_execNo) => {
      rows += 1;
      return 1;
    });
    for (const text of [
      "WorkflowType = 'none'",
      "ParentWorkflowId = 'none' OR Size > 3",
      "WorkflowId STARTS_WITH 'x'",
    ]) {
      rows = 0;
      assert.deepEqual(countRows(db, 'namespace', filterOf(text).query), [{ value: undefined, count: 0 }]);
      assert.ok(rows >= 500, `${text}: ${rows}`);
    }
    db.close();
    await store.close();
  });
});
