/**
 * Decides when the log is copied into the database. Copying goes on beside the commits and so never quite catches up;
 * for the short last stretch, and whenever the log is past its limit, commits are held until all is copied. The commit
 * after that begins the log again from its start.
 */
import type { CommitGroup, Write } from '../../ports/index.js';

export interface CheckpointAnswer {
  /** -1 when the connection has not seen a log yet. */
  readonly logFrames: number;
  readonly copiedFrames: number;
}

export interface PacerParts {
  readonly checkpoint: () => Promise<CheckpointAnswer>;
  /** Bytes of the log in use. */
  readonly measureLog: () => number;
  /** Ends our own long reads, which keep the log from being copied whole and begun again; settles when they ended. */
  readonly interruptReads: () => Promise<void>;
  /** A checkpoint failed: the disk cannot be trusted. */
  readonly onFailure: (error: unknown) => void;
  readonly sleep: (ms: number) => Promise<unknown>;
}

export interface PacerLimits {
  /** From here on the log is copied. */
  readonly copyAtBytes: number;
  /** From here on commits wait. */
  readonly holdAtBytes: number;
  /** Commits are held for a last stretch of at most this size, or after some passes that did not get there. */
  readonly lastStretchBytes: number;
  /** The longest wait for readers of other programs. */
  readonly holdMsMax: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_PACER_LIMITS: PacerLimits = {
  copyAtBytes: 16 * MIB,
  holdAtBytes: 64 * MIB,
  lastStretchBytes: MIB,
  holdMsMax: 2000,
};

/** Looks at the log while it fills up to where it is copied. */
const LOOKS_PER_COPY = 16;
const PAGE_BYTES = 4096;
const FRAME_BYTES = PAGE_BYTES + 24;
const HOLD_STEP_MS = 20;
const PASSES_MAX = 3;

export class CheckpointPacer {
  readonly #parts: PacerParts;
  readonly #limits: PacerLimits;
  #unmeasuredBytes = 0;
  /** The limits, raised while somebody reads an old state: then copying again soon would gain nothing. */
  #copyAtBytes: number;
  #holdAtBytes: number;
  /** At the last look; less than that means that the log has begun again. */
  #lastUsedBytes = 0;
  #isCopying = false;
  #isClosed = false;
  #hold: Hold | undefined;

  constructor(parts: PacerParts, limits: PacerLimits = DEFAULT_PACER_LIMITS) {
    this.#parts = parts;
    this.#limits = limits;
    this.#copyAtBytes = limits.copyAtBytes;
    this.#holdAtBytes = limits.holdAtBytes;
  }

  /** Settles when commits may go on; undefined while they may. */
  get hold(): Promise<void> | undefined {
    return this.#hold?.promise;
  }

  noteWritten(group: CommitGroup): void {
    for (const write of group.writes) this.#unmeasuredBytes += PAGE_BYTES + blobBytes(write);
    if (this.#unmeasuredBytes < this.#limits.copyAtBytes / LOOKS_PER_COPY || this.#isClosed) return;
    this.#unmeasuredBytes = 0;
    const usedBytes = this.#parts.measureLog();
    if (usedBytes < this.#lastUsedBytes) this.#resetLimits();
    this.#lastUsedBytes = usedBytes;
    if (usedBytes < this.#copyAtBytes) return;
    if (!this.#isCopying) void this.#copy();
    if (usedBytes >= this.#holdAtBytes) this.#holdCommits();
  }

  /** Lets held commits go; nothing is copied any more. */
  close(): void {
    this.#isClosed = true;
    this.#release();
  }

  async #copy(): Promise<void> {
    this.#isCopying = true;
    try {
      const result = await this.#copyAll();
      // Until the next commit begins the log again, or for as long as somebody reads an old state, nothing is gained
      // by copying soon; commits are let past their limit only where waiting has proved useless.
      const usedBytes = this.#parts.measureLog();
      this.#copyAtBytes = usedBytes + this.#limits.copyAtBytes;
      if (result === 'copied') this.#holdAtBytes = Math.max(this.#limits.holdAtBytes, this.#copyAtBytes);
      if (result === 'given up') this.#holdAtBytes = usedBytes + this.#limits.holdAtBytes;
    } catch (error) {
      if (!this.#isClosed) this.#parts.onFailure(error);
    } finally {
      this.#isCopying = false;
      this.#release();
    }
  }

  /**
   * 'copied': all of the log, while commits were held. 'put off': somebody reads an old state, who will be done before
   * the log reaches its limit, as a rule. 'given up': readers of other programs hold on longer than commits may wait.
   */
  async #copyAll(): Promise<'copied' | 'put off' | 'given up'> {
    let heldMs = 0;
    for (let passes = 1; !this.#isClosed && heldMs <= this.#limits.holdMsMax; passes++) {
      const isHeld = this.#hold !== undefined;
      if (isHeld) await this.#parts.interruptReads();
      const { logFrames, copiedFrames } = await this.#parts.checkpoint();
      const isBlocked = copiedFrames < logFrames;
      if (isHeld) {
        if (!isBlocked) return 'copied';
        await this.#parts.sleep(HOLD_STEP_MS);
        heldMs += HOLD_STEP_MS;
        continue;
      }
      const usedBytes = this.#parts.measureLog();
      if (isBlocked && usedBytes < this.#holdAtBytes) return 'put off';
      const restBytes = usedBytes - copiedFrames * FRAME_BYTES;
      if (isBlocked || restBytes <= this.#limits.lastStretchBytes || passes >= PASSES_MAX) this.#holdCommits();
    }
    return 'given up';
  }

  #resetLimits(): void {
    this.#copyAtBytes = this.#limits.copyAtBytes;
    this.#holdAtBytes = this.#limits.holdAtBytes;
  }

  #holdCommits(): void {
    if (!this.#isClosed) this.#hold ??= makeHold();
  }

  #release(): void {
    this.#hold?.release();
    this.#hold = undefined;
  }
}

interface Hold {
  readonly promise: Promise<void>;
  readonly release: () => void;
}

function makeHold(): Hold {
  let release = (): void => undefined;
  const promise = new Promise<void>((resolve) => (release = resolve));
  return { promise, release: () => release() };
}

function blobBytes(write: Write): number {
  if (write.kind === 'appendTransition') return write.events.length + write.facts.length;
  return 'bytes' in write ? write.bytes.length : 0;
}
