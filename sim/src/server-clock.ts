/** The wall clock of one machine: runs with the world's time, but may be wrong, and may be set. */
import type { World } from './world.js';

export class ServerClock {
  readonly #world: World;
  #offsetMs: number;

  constructor(world: World, offsetMs: number) {
    this.#world = world;
    this.#offsetMs = offsetMs;
  }

  nowMs(): number {
    return Math.floor(this.#world.nowMs + this.#offsetMs);
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  step(byMs: number): void {
    this.#offsetMs += byMs;
  }
}
