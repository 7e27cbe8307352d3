/** One forced advance of a virtual clock: how far it goes, and whom it waits for on its way. */
import type { OpenTask } from './open-work.js';
import type { SkippedWorld } from './virtual-clock.js';

export class Advance {
  readonly #durationMs: number;
  readonly done: () => void;
  #untilMs: number | undefined;
  /** Activities that ran before. They are why time is moved by force. */
  readonly #ranBefore = new Set<string>();

  constructor(durationMs: number, done: () => void) {
    this.#durationMs = durationMs;
    this.done = done;
  }

  /** Its turn has come. Answers until when time goes. */
  begin(nowMs: number, world: SkippedWorld): number {
    if (this.#untilMs !== undefined) return this.#untilMs;
    for (const { key, kind, isStarted } of world.tasks())
      if (kind === 'activity' && isStarted) this.#ranBefore.add(key);
    this.#untilMs = nowMs + this.#durationMs;
    return this.#untilMs;
  }

  /** A worker is about to say what is to become of a task. */
  mustWait(world: SkippedWorld): boolean {
    for (const task of world.tasks()) if (this.#isAwaited(task, world)) return true;
    return false;
  }

  #isAwaited({ key, queue, isStarted }: OpenTask, world: SkippedWorld): boolean {
    return isStarted ? !this.#ranBefore.has(key) : world.isPolled(queue);
  }
}
