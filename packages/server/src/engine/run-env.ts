/** What a transition may know of the world, as the engine has it. Made once a decision: a class, so that it costs one object. */
import type { Env } from '../core/execution/index.js';
import type { Limits } from '../core/limits.js';
import type { Random } from '../ports/index.js';
import type { Namespaces } from './namespaces.js';

export interface RunWorld {
  readonly nowMs: number;
  readonly limits: Limits;
  readonly random: Random;
  readonly namespaces: Namespaces;
}

export class RunEnv implements Env {
  readonly nowMs: number;
  readonly limits: Limits;
  readonly #world: RunWorld;
  readonly #namespaceId: string;

  constructor(world: RunWorld, namespaceId: string) {
    this.nowMs = world.nowMs;
    this.limits = world.limits;
    this.#world = world;
    this.#namespaceId = namespaceId;
  }

  get retentionMs(): number {
    return this.#world.namespaces.retentionMs(this.#namespaceId);
  }

  newId(): string {
    return this.#world.random.uuid();
  }

  random(): number {
    return this.#world.random.next();
  }

  namespaceId(name: string): string | undefined {
    return this.#world.namespaces.byName(name)?.id;
  }

  checkSearchAttributes(fields: ReadonlyMap<string, Uint8Array>): string | undefined {
    return this.#world.namespaces.checkSearchAttributes(this.#namespaceId, fields, this.limits);
  }

  typedSearchAttributes(fields: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
    return this.#world.namespaces.typedSearchAttributes(this.#namespaceId, fields);
  }
}
