/** What Linux knows of a process, whoever wrote it. */
import { readFileSync } from 'node:fs';

export interface ProcessStats {
  /** User and system time of all its threads, in steps of 10 ms. */
  readonly cpuMs: number;
  /** Bytes it caused to be written to disks; undefined when the system does not tell. */
  readonly writtenBytes: number | undefined;
  readonly residentBytes: number;
}

/** Linux counts CPU time in these on every architecture that Node runs on. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

export function statsOf(pid: number): ProcessStats {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return { cpuMs: ticks * TICK_MS, writtenBytes: writtenBytesOf(pid), residentBytes: pages * PAGE_BYTES };
}

function writtenBytesOf(pid: number): number | undefined {
  try {
    const line = /^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'));
    return line === null ? undefined : Number(line[1]);
  } catch {
    return undefined;
  }
}
