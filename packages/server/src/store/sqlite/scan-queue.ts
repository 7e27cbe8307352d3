/** Sends scans to their thread, one after the other, and bounds the time that each takes. */
import { StoreError } from '../../ports/index.js';
import type { ScanAnswer, ScanRequest, ScanSettings, TimedScan } from './scan.js';
import { WorkerCall } from './worker-call.js';

/** From asking to answer, the wait for other scans included. */
const SCAN_MS_MAX = 10_000;

type Answered<Kind extends ScanRequest['kind']> = Extract<ScanAnswer, { kind: Kind }>;

export class ScanQueue {
  readonly #stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #thread: WorkerCall<TimedScan, ScanAnswer>;
  readonly #hold: () => Promise<void> | undefined;
  readonly #timeLimitMs: number;
  readonly #underWay = new Set<Promise<ScanAnswer>>();

  /** `hold` settles when the log has been copied; scans that were interrupted for that begin again then. */
  constructor(file: string, hold: () => Promise<void> | undefined, timeLimitMs = SCAN_MS_MAX) {
    const settings: ScanSettings = { file, stop: this.#stop };
    this.#thread = new WorkerCall(new URL('./scan-worker.js', import.meta.url), settings);
    this.#hold = hold;
    this.#timeLimitMs = timeLimitMs;
  }

  async ask<Kind extends ScanRequest['kind']>(request: Extract<ScanRequest, { kind: Kind }>): Promise<Answered<Kind>> {
    const deadlineMs = Date.now() + this.#timeLimitMs;
    for (;;) {
      while (this.#hold() !== undefined) await this.#hold();
      const answer = await this.#send({ request, deadlineMs });
      if (answer.kind === 'interrupted') continue;
      if (answer.kind === 'timedOut') throw timeLimitError(request, this.#timeLimitMs);
      return answer as Answered<Kind>;
    }
  }

  /** Ends the scans that are under way; those that ask again wait for `hold`. */
  async interrupt(): Promise<void> {
    if (this.#underWay.size === 0) return;
    Atomics.store(this.#stop, 0, 1);
    await Promise.allSettled(this.#underWay);
    Atomics.store(this.#stop, 0, 0);
  }

  async end(): Promise<void> {
    await this.interrupt();
    await this.#thread.end();
  }

  async #send(scan: TimedScan): Promise<ScanAnswer> {
    const answer = this.#thread.call(scan);
    this.#underWay.add(answer);
    try {
      return await answer;
    } finally {
      this.#underWay.delete(answer);
    }
  }
}

function timeLimitError(request: ScanRequest, timeLimitMs: number): StoreError {
  const what = { list: 'list', count: 'count', history: 'reading of history' }[request.kind];
  return new StoreError(
    'TIME_LIMIT',
    `The ${what} was stopped after ${timeLimitMs / 1000} s. Narrow it, for example by WorkflowId, by status ` +
      'or by a range of start times.',
  );
}
