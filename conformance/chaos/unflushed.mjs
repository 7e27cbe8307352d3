// What a process had written and not flushed when it died, read from strace's account of its calls
// (`-ff -ttt -T -y`: a file per thread; each line has its time, the file's path, the result and how long the call took).
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Overwrites with zeros what no flush covers, in the database file and its log. Returns the number of bytes. */
export function wipeUnflushed(trace, dbFilename) {
  const calls = callsOf(trace);
  let lostBytes = 0;
  for (const file of [dbFilename, `${dbFilename}-wal`]) {
    const own = calls.filter(({ path }) => path === file);
    const flushes = own.filter(({ kind, isDone }) => kind !== 'pwrite64' && isDone);
    const lastFlush = Math.max(-Infinity, ...flushes.map(({ beganUs }) => beganUs));
    const lost = own.filter(({ kind, endedUs }) => kind === 'pwrite64' && !(endedUs <= lastFlush));
    lostBytes += wipe(file, lost);
  }
  // The index of the log is never flushed: it is made anew.
  rmSync(`${dbFilename}-shm`, { force: true });
  return lostBytes;
}

function callsOf(trace) {
  const files = readdirSync(dirname(trace)).filter((file) => file.startsWith(`${basename(trace)}.`));
  return files.flatMap((file) =>
    readFileSync(join(dirname(trace), file), 'utf8')
      .split('\n')
      .flatMap(callOf),
  );
}

/** A call that the kill cut off has no result and no end. */
function callOf(line) {
  const match =
    /^([\d.]+) (pwrite64|fsync|fdatasync)\(\d+<([^>]+)>(?:, ""\.{0,3}, (\d+), (\d+))?.* = (\S+)(?:.*<([\d.]+)>)?$/.exec(
      line,
    );
  if (!match) return [];
  const [, began, kind, path, size, offset, result, took] = match;
  const beganUs = Math.round(Number(began) * 1e6);
  const endedUs = took === undefined ? Infinity : beganUs + Math.round(Number(took) * 1e6);
  return [
    {
      kind,
      path,
      sizeBytes: Number(size),
      offset: Number(offset),
      beganUs,
      endedUs,
      isDone: result === '0' && took !== undefined,
    },
  ];
}

function wipe(file, writes) {
  if (writes.length === 0) return 0;
  const handle = openSync(file, 'r+');
  try {
    for (const { sizeBytes, offset } of writes) writeSync(handle, Buffer.alloc(sizeBytes), 0, sizeBytes, offset);
  } finally {
    closeSync(handle);
  }
  return writes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
