/** How loaded the machine may be, and whether there is room for one more task. */
import { ValueError } from '../../conversion/errors.js';
import { hostUsage } from './host-usage.js';
import { createPid } from './pid.js';
import type { Pid } from './pid.js';

export interface ResourceBasedTunerOptions {
  /** Part of the memory that may be in use: 0 to 1. */
  targetMemoryUsage: number;
  /** Part of the CPU that may be in use: 0 to 1. */
  targetCpuUsage: number;
}

/** Parts of what there is, 0 to 1. */
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

/** Above these outputs of the controllers there is room. */
const MEMORY_THRESHOLD = 0.25;
const CPU_THRESHOLD = 0.05;
const SAMPLE_MS = 100;

/** Share one between the tuners of several workers to hold one target in the process. */
export class ResourceBasedController {
  readonly #usage: () => Usage;
  readonly #memory: Pid;
  readonly #cpu: Pid;
  #sampledAtMs = -Infinity;
  #hasRoom = true;

  private constructor(options: ResourceBasedTunerOptions, usage: () => Usage) {
    this.#usage = usage;
    this.#memory = createPid(options.targetMemoryUsage);
    this.#cpu = createPid(options.targetCpuUsage);
  }

  /** Throws ValueError for targets outside of 0 to 1. `usage`: how to measure; for tests. */
  static create(options: ResourceBasedTunerOptions, usage: () => Usage = hostUsage()): ResourceBasedController {
    for (const name of ['targetMemoryUsage', 'targetCpuUsage'] as const) {
      const target = options[name];
      if (!(target > 0 && target <= 1))
        throw new ValueError(`${name} must be more than 0 and at most 1, not ${target}`);
    }
    return new this(options, usage);
  }

  /** Measures at most every 100 ms. */
  hasRoom(nowMs: number): boolean {
    if (nowMs - this.#sampledAtMs >= SAMPLE_MS) {
      this.#sampledAtMs = nowMs;
      const { cpu, memory } = this.#usage();
      const memoryOutput = this.#memory.next(memory);
      const cpuOutput = this.#cpu.next(cpu);
      this.#hasRoom = memoryOutput > MEMORY_THRESHOLD && cpuOutput > CPU_THRESHOLD;
    }
    return this.#hasRoom;
  }
}
