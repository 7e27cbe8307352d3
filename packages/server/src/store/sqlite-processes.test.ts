/**
 * What only other processes can show: a kill loses nothing that was acknowledged, a second owner is refused, the flush
 * comes before the acknowledgement, a full disk is told from a good one. This file is also the other process.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CommitOutcome, Write } from '../ports/index.js';
import { StoreError } from '../ports/index.js';
import { append, putExecution } from './conformance/world.js';
import { SqliteStore } from './sqlite.js';

const SCRIPT = fileURLToPath(import.meta.url);

/** Execution `execNo` with a transition of some kilobytes. */
function groupOf(execNo: number): Write[] {
  return [putExecution(execNo), append(execNo, 1, 1, 2, 3000)];
}

function say(line: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${line}\n`, () => resolve()));
}

/** Commits until something goes wrong or the limit is reached; says `ack <execNo>` after each answer. */
async function commitUntilFailure(file: string, groupsMax: number): Promise<CommitOutcome | undefined> {
  const store = new SqliteStore({ file });
  const { epoch, lastExecNo } = await store.open('child');
  await say(`open ${lastExecNo}`);
  for (let number = 1; number <= groupsMax; number++) {
    const outcome = await store.commit({ epoch, number, writes: groupOf(lastExecNo + number) });
    if (outcome.kind !== 'committed') {
      await say(`outcome ${JSON.stringify(outcome)}`);
      await say(`later ${JSON.stringify(await store.commit({ epoch, number, writes: [] }))}`);
      return outcome;
    }
    await say(`ack ${lastExecNo + number}`);
  }
  return undefined;
}

/** What this file does as the other process: the first argument says which. */
const PROGRAMS: Readonly<Record<string, (file: string) => Promise<void>>> = {
  commitForever: async (file) => {
    await commitUntilFailure(file, Infinity);
  },
  commitFive: async (file) => {
    await commitUntilFailure(file, 5);
  },
  commitTillFull: async (file) => {
    // Bounded, so that a test without a limit on the disk ends.
    await commitUntilFailure(file, 100_000);
  },
  open: async (file) => {
    try {
      await new SqliteStore({ file }).open('child');
      await say('opened');
    } catch (error) {
      assert.ok(error instanceof StoreError);
      await say(`error ${error.code} ${error.message}`);
    }
  },
};

const program = PROGRAMS[process.argv[2] ?? ''];
if (program !== undefined) {
  await program(process.argv[3] ?? '');
  // The store stays open: a process that ends in order would hide what a kill shows.
  process.exit(0);
}

async function withDirectory(body: (directory: string, file: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'perdure-sqlite-'));
  try {
    await body(directory, join(directory, 'test.db'));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Without the variable the child would report to the test runner as if it were a test. */
function childEnv(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return { ...env, UV_USE_IO_URING: '0' };
}

function start(command: string, args: readonly string[], identity: { uid?: number; gid?: number } = {}): ChildProcess {
  return spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: childEnv(), ...identity });
}

function startTraced(directory: string, name: string, file: string): { child: ChildProcess; trace: string } {
  const trace = join(directory, 'trace');
  const calls = 'trace=write,writev,pwrite64,pwritev,fdatasync,fsync';
  const args = ['-f', '-y', '-e', calls, '-o', trace, process.execPath, SCRIPT, name, file];
  return { child: start('strace', args), trace };
}

/** The child's lines until it ends, or until `enough` says so and it is killed. */
async function linesOf(child: ChildProcess, enough: (line: string) => boolean = () => false): Promise<string[]> {
  assert.ok(child.stdout !== null);
  const exited = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (enough(line)) child.kill('SIGKILL');
  }
  await exited;
  return lines;
}

function lastAck(lines: readonly string[]): number {
  const acks = lines.filter((line) => line.startsWith('ack '));
  return Number(acks.at(-1)?.slice(4) ?? 0);
}

async function checkExecutions(file: string, acknowledged: number): Promise<void> {
  const store = new SqliteStore({ file });
  try {
    const { lastExecNo } = await store.open('test');
    assert.ok(lastExecNo >= acknowledged);
    for (let execNo = 1; execNo <= acknowledged; execNo++) {
      const execution = await store.loadExecution({ by: 'execNo', execNo });
      assert.equal(execution?.tail[0]?.events.length, 3000, `execution ${execNo}`);
    }
  } finally {
    await store.close();
  }
}

if (program === undefined) {
  test('sqlite: kill -9 loses nothing that was acknowledged', () =>
    withDirectory(async (_directory, file) => {
      const acknowledged: number[] = [];
      for (let round = 1; round <= 3; round++) {
        let acks = 0;
        const child = start(process.execPath, [SCRIPT, 'commitForever', file]);
        const lines = await linesOf(child, (line) => line.startsWith('ack') && ++acks === 40 * round);
        acknowledged.push(...lines.filter((line) => line.startsWith('ack')).map((line) => Number(line.slice(4))));
      }
      assert.ok(acknowledged.length >= 240);
      const store = new SqliteStore({ file });
      const { epoch } = await store.open('test');
      assert.equal(epoch, 4);
      for (const execNo of acknowledged) {
        const execution = await store.loadExecution({ by: 'execNo', execNo });
        assert.equal(execution?.tail[0]?.events.length, 3000, `execution ${execNo}`);
      }
      assert.ok((await store.scanNamespace('namespace', 10_000)).length >= acknowledged.length);
      await store.close();
    }));

  test('sqlite: a second server is refused while the first lives, and told who it is', () =>
    withDirectory(async (_directory, file) => {
      const first = start(process.execPath, [SCRIPT, 'commitForever', file]);
      assert.ok(first.stdout !== null);
      await once(first.stdout, 'data');
      await assert.rejects(new SqliteStore({ file }).open('test'), (error) => {
        assert.ok(error instanceof StoreError);
        assert.equal(error.code, 'OWNED');
        assert.match(error.message, new RegExp(`process ${first.pid} on `));
        return true;
      });
      first.kill('SIGKILL');
      await once(first, 'exit');
      const second = new SqliteStore({ file });
      assert.equal((await second.open('test')).epoch, 2);
      await second.close();
    }));

  const hasStrace = spawnSync('strace', ['-f', '-e', 'trace=none', 'true']).status === 0;
  test(
    'sqlite: the log is flushed before a commit is answered (by a trace of system calls)',
    { skip: hasStrace ? false : 'strace is not installed, or this machine does not allow it' },
    () =>
      withDirectory(async (directory, file) => {
        const { child, trace } = startTraced(directory, 'commitFive', file);
        assert.equal(lastAck(await linesOf(child)), 5);
        assert.equal(checkTrace(await readFile(trace, 'utf8')), 5);
      }),
  );

  test(
    'sqlite: what a killed process left unflushed is flushed before the store is open (by a trace of system calls)',
    { skip: hasStrace ? false : 'strace is not installed, or this machine does not allow it' },
    () =>
      withDirectory(async (directory, file) => {
        await linesOf(start(process.execPath, [SCRIPT, 'commitForever', file]), (line) => line === 'ack 20');
        const { child, trace } = startTraced(directory, 'open', file);
        assert.deepEqual(await linesOf(child), ['opened']);
        assert.equal(checkTrace(await readFile(trace, 'utf8')), 1);
      }),
  );

  test(
    'sqlite: a limit on the size of files ends all commits; what was acknowledged is there',
    { skip: process.platform === 'win32' ? 'there is no such limit on this system' : false },
    () =>
      withDirectory(async (_directory, file) => {
        const command = `ulimit -f 2000; exec "$0" "$@"`;
        const child = start('sh', ['-c', command, process.execPath, SCRIPT, 'commitTillFull', file]);
        await checkFullDisk(file, await linesOf(child), /disk/);
      }),
  );

  const canMount =
    process.platform === 'linux' && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
  test(
    'sqlite: a full disk ends all commits with a clear reason; what was acknowledged is there',
    { skip: canMount ? false : 'this user may not mount a small disk' },
    () =>
      withDirectory(async (directory, file) => {
        const disk = join(directory, 'disk');
        await mkdir(disk);
        // The disk is seen by the child only, which copies the files out at the end, as a kill would leave them.
        const command = `mount -t tmpfs -o size=2m none ${disk}; "$0" "$@" ${disk}/test.db; cp ${disk}/test.db* ${directory}`;
        const child = start('unshare', ['-m', 'sh', '-c', command, process.execPath, SCRIPT, 'commitTillFull']);
        await checkFullDisk(file, await linesOf(child), /the disk is full/);
      }),
  );

  const isRoot = process.getuid?.() === 0;
  for (const { what, prepare } of readOnlyCases()) {
    test(
      `sqlite: ${what} is refused with advice`,
      { skip: process.platform === 'win32' ? 'permissions differ on this system' : false },
      () =>
        withDirectory(async (directory, file) => {
          const store = new SqliteStore({ file });
          await store.open('test');
          await store.close();
          await prepare(directory, file);
          // Nothing is read-only for root.
          const identity = isRoot ? { uid: 65534, gid: 65534 } : {};
          const lines = await linesOf(start(process.execPath, [SCRIPT, 'open', file], identity));
          await chmod(directory, 0o755);
          assert.match(lines.join('\n'), /^error READ_ONLY .*(write permission)/);
        }),
    );
  }
}

function readOnlyCases(): readonly {
  readonly what: string;
  readonly prepare: (directory: string, file: string) => Promise<void>;
}[] {
  return [
    {
      what: 'a read-only file',
      prepare: async (directory, file) => {
        await chmod(directory, 0o777);
        await chmod(file, 0o444);
      },
    },
    { what: 'a read-only directory', prepare: (directory) => chmod(directory, 0o555) },
  ];
}

async function checkFullDisk(file: string, lines: readonly string[], reason: RegExp): Promise<void> {
  const outcomes = lines.filter((line) => /^(outcome|later) /.test(line)).map((line) => line.replace(/^\w+ /, ''));
  assert.equal(outcomes.length, 2, lines.slice(-3).join('\n'));
  for (const text of outcomes) {
    const outcome = JSON.parse(text) as CommitOutcome;
    assert.ok(outcome.kind === 'fatal', text);
    assert.match(outcome.reason, reason);
  }
  const acknowledged = lastAck(lines);
  assert.ok(acknowledged > 10);
  await checkExecutions(file, acknowledged);
}

/**
 * Walks the trace: an acknowledgement (or the word that the store is open) must come after the end of a flush of the log that began after the last write
 * into it. Gives the number of acknowledgements.
 */
function checkTrace(trace: string): number {
  let acks = 0;
  // What was there before may be in the cache of the system only.
  let isLogFlushed = false;
  const flushing = new Map<string, boolean>();
  for (const line of trace.split('\n')) {
    const [, thread = '', call = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (/^(pwrite64|pwritev|write|writev)\(\d+<[^>]*-wal>/.test(call)) {
      isLogFlushed = false;
      for (const key of flushing.keys()) flushing.set(key, false);
    } else if (/^(fdatasync|fsync)\(\d+<[^>]*-wal>/.test(call)) {
      if (/ = 0$/.test(call)) isLogFlushed = true;
      else flushing.set(thread, true);
    } else if (/^<\.\.\. (fdatasync|fsync) resumed>.* = 0$/.test(call)) {
      if (flushing.get(thread) === true) isLogFlushed = true;
      flushing.delete(thread);
    } else if (/^writev?\(1<.*(ack \d+|opened)/.test(call)) {
      acks += 1;
      assert.ok(isLogFlushed, `an acknowledgement before the flush:\n${line}`);
    }
  }
  return acks;
}
