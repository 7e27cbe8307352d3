/** Who serves: one process at a time owns the store; dead ones are started again, old ones may live on as zombies. */
import type { Coverage } from './coverage.js';
import type { Disk } from './disk.js';
import type { DurableView } from './checkers/durable-view.js';
import type { FoldCheck } from './checkers/fold.js';
import type { Faults } from './faults.js';
import type { Modules } from './modules.js';
import type { SimOptions } from './options.js';
import type { Rng } from './rng.js';
import { ServerProcess } from './server.js';
import type { World } from './world.js';

export interface ClusterParts {
  readonly world: World;
  readonly disk: Disk;
  readonly modules: Modules;
  readonly options: SimOptions;
  readonly coverage: Coverage;
  readonly faults: Faults;
  readonly fold: FoldCheck;
  readonly durable: DurableView;
}

export class Cluster {
  owner: ServerProcess;
  /** Lives on although another owns the store; some callers still reach it. */
  zombie: ServerProcess | undefined;
  /** How far any server's clock was ever ahead: event times may be in the future by as much. */
  aheadMsMax = 500;
  readonly #parts: ClusterParts;
  readonly #rng: Rng;
  #started = 0;

  constructor(parts: ClusterParts) {
    this.#parts = parts;
    this.#rng = parts.world.rng.split('cluster');
    this.owner = this.#begin();
    const { faults } = parts;
    this.#every('crash', 4_000, () => {
      this.#kill('killed');
    });
    this.#every('powerCut', 5_000, () => this.#powerCut());
    this.#every('zombie', 5_000, () => this.#takeOver());
    this.#every('clockStep', 3_000, () => {
      this.owner.stepClock(faults.rng('clockStep').int(-3_000, 3_000));
      this.aheadMsMax = Math.max(this.aheadMsMax, this.owner.clock.offsetMs);
    });
  }

  /** The process that a caller reaches now, if any. */
  reach(rng: Rng): ServerProcess | undefined {
    const { zombie } = this;
    if (zombie?.isReady === true && rng.chance(0.4)) return zombie;
    return this.owner.isReady ? this.owner : undefined;
  }

  /** Faults are over: old processes go, the owner's clock is right from now on. */
  heal(): void {
    this.zombie?.crash('faults are over');
    this.zombie = undefined;
  }

  restart(reason: string): void {
    this.#kill(reason);
  }

  /** A scripted power cut. */
  cutPower(rng: Rng): void {
    this.owner.crash('power cut');
    this.zombie?.crash('power cut');
    this.zombie = undefined;
    this.#parts.disk.powerCut(rng);
    this.#restartSoon();
  }

  #powerCut(): void {
    this.cutPower(this.#parts.faults.rng('powerCut'));
  }

  #kill(reason: string): void {
    this.owner.crash(reason);
    this.#restartSoon();
  }

  #restartSoon(): void {
    const dead = this.owner;
    this.#parts.world.after(this.#rng.between(1, 800), () => {
      if (this.owner === dead) this.owner = this.#begin();
    });
  }

  #takeOver(): void {
    this.zombie?.crash('superseded twice');
    const old = this.owner;
    old.isZombie = true;
    this.zombie = old;
    this.owner = this.#begin();
    this.#parts.world.after(this.#rng.between(100, 3_000), () => {
      if (this.zombie !== old) return;
      old.crash('the zombie dies at last');
      this.zombie = undefined;
    });
  }

  #begin(): ServerProcess {
    this.#started += 1;
    const { world, disk, modules, options, coverage, fold, durable, faults } = this.#parts;
    const offsetMs = faults.has('clockStep') ? this.#rng.int(-500, 500) : 0;
    const onHalt = (server: ServerProcess): void => {
      if (server === this.owner) this.#restartSoon();
      if (server === this.zombie) this.zombie = undefined;
    };
    const server = new ServerProcess(
      { world, disk, modules, options, coverage, fold, durable, name: `server${this.#started}`, onHalt },
      offsetMs,
    );
    server.start();
    return server;
  }

  #every(kind: 'crash' | 'powerCut' | 'zombie' | 'clockStep', meanMs: number, strike: () => void): void {
    const { world, faults, options } = this.#parts;
    if (!faults.has(kind)) return;
    const rng = faults.rng(kind);
    world.after(rng.between(0, (2 * meanMs) / options.intensity), () => {
      if (!faults.has(kind)) return;
      faults.count(kind);
      strike();
      this.#every(kind, meanMs, strike);
    });
  }
}
