/**
 * How much memory a run holds, estimated: what every run holds, what it was given and has asked for. Each payload counts
 * twice, as bytes and as the value made of it. Data that the code makes by itself is not seen here; the heap as a whole is
 * (`scale`).
 */
import type { Activation, Completion } from '../../replay/contract.js';

/** A hello-world run after a major collection, without what it was given; measured. */
const RUN_BYTES = 6_000;
const JOB_BYTES = 200;
const COMMAND_BYTES = 400;
const COPIES = 2;

export class RunBytes {
  readonly #bytes = new Map<string, number>();
  #sum = 0;
  #scale = 1;

  /** The new estimate for a run after an activation. */
  onActivation(runId: string, activation: Activation, completion: Completion): number {
    const commands = completion.status === 'ok' ? completion.commands : [];
    const grown =
      activation.jobs.length * JOB_BYTES +
      commands.length * COMMAND_BYTES +
      COPIES * (dataBytes(activation.jobs) + dataBytes(commands));
    const before = this.#bytes.get(runId);
    const bytes = (before ?? RUN_BYTES) + grown;
    this.#bytes.set(runId, bytes);
    this.#sum += bytes - (before ?? 0);
    return Math.round(bytes * this.#scale);
  }

  forget(runId: string): void {
    this.#sum -= this.#bytes.get(runId) ?? 0;
    this.#bytes.delete(runId);
  }

  /** What all runs together were measured to hold; estimates follow it. */
  scale(heapBytes: number): void {
    if (this.#bytes.size >= RUNS_MIN) this.#scale = Math.min(SCALE_MAX, Math.max(1, heapBytes / this.#sum));
  }
}

/** With fewer runs the rest of the heap weighs more than they do. */
const RUNS_MIN = 50;
const SCALE_MAX = 100;

function dataBytes(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let bytes = 0;
  for (const item of Object.values(value)) bytes += dataBytes(item);
  return bytes;
}
