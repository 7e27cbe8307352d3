import { condition } from 'perdure/workflow';

/** A point in time that can be moved while somebody waits for it. */
export class MovableTimer {
  #atMs: number;

  constructor(atMs: number) {
    this.#atMs = atMs;
  }

  get atMs(): number {
    return this.#atMs;
  }

  moveTo(atMs: number): void {
    this.#atMs = atMs;
  }

  /** A move ends the present wait, and the next one is for what is left. */
  async reached(): Promise<void> {
    for (let waitedFor: number; Date.now() < this.#atMs;) {
      waitedFor = this.#atMs;
      await condition(() => this.#atMs !== waitedFor, waitedFor - Date.now());
    }
  }
}
