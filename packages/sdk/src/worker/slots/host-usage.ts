/** How much of CPU and memory is in use: of the container where there is a limit, else of the machine. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import type { Usage } from './resource-controller.js';

/** A function that measures; of CPU what was used since it was last called. */
export function hostUsage(): () => Usage {
  const cpu = cpuUsage();
  return () => ({ cpu: cpu(), memory: memoryUsage() });
}

function cpuUsage(): () => number {
  let last = cpuTimes();
  let usage = 0;
  return () => {
    const now = cpuTimes();
    const total = now.total - last.total;
    // The kernel counts in steps of 10 ms: over less than that nothing can be said.
    if (total < 10 * availableParallelism()) return usage;
    usage = Math.min(1, Math.max(0, (total - (now.idle - last.idle)) / total));
    last = now;
    return usage;
  };
}

function cpuTimes(): { total: number; idle: number } {
  let total = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    total += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  return { total, idle };
}

/** Memory of this process against the limit of its container, or all memory against the machine's. */
function memoryUsage(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  if (limit > 0 && limit < totalmem()) {
    const used = containerBytes() ?? process.memoryUsage.rss();
    return Math.min(1, used / limit);
  }
  return 1 - freeBytes() / totalmem();
}

function containerBytes(): number | undefined {
  return numberIn('/sys/fs/cgroup/memory.current') ?? numberIn('/sys/fs/cgroup/memory/memory.usage_in_bytes');
}

function numberIn(file: string): number | undefined {
  try {
    const value = Number(readFileSync(file, 'utf8').trim());
    return Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function freeBytes(): number {
  return process.availableMemory?.() ?? freemem();
}
