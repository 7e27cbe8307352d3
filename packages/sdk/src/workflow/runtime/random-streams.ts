/** Random sequences by name, each independent of all others and of `Math.random`. */
import { currentFrame, runInFrame } from './async-context.js';
import type { RandomSource } from './async-context.js';
import { requireRun } from './current.js';
import { Alea, fillFrom, streamSeed, uuid4From } from './random.js';
import type { Run } from './run.js';

export type RandomStreams = Map<string, Alea>;

/** Deterministic random numbers of a workflow. */
export interface WorkflowRandomStream {
  /** At least 0, less than 1. */
  random(): number;
  uuid4(): string;
  /** Fills the bytes and returns them. */
  fill(bytes: Uint8Array): Uint8Array;
  /** Calls `fn` so that `Math.random` and `uuid4` in it, and in what it starts, take from this stream. */
  with<T>(fn: () => T): T;
}

abstract class Stream implements WorkflowRandomStream {
  protected abstract source(): RandomSource;

  random(): number {
    return this.source().random();
  }

  uuid4(): string {
    return uuid4From(this.source());
  }

  fill(bytes: Uint8Array): Uint8Array {
    return fillFrom(this.source(), bytes);
  }

  with<T>(fn: () => T): T {
    requireRun('with() of a random stream');
    return runInFrame({ random: this }, fn);
  }
}

class NamedStream extends Stream {
  readonly #run: Run;
  readonly #name: string;

  constructor(run: Run, name: string) {
    super();
    this.#run = run;
    this.#name = name;
  }

  /** Asked for each time: a reset of the workflow changes the seed. */
  protected source(): RandomSource {
    const streams: RandomStreams = (this.#run.streams ??= new Map<string, Alea>());
    let source = streams.get(this.#name);
    if (source === undefined) {
      source = new Alea(streamSeed(this.#run.seed, this.#name));
      streams.set(this.#name, source);
    }
    return source;
  }
}

class DefaultStream extends Stream {
  protected source(): RandomSource {
    return requireRun('workflowRandom').random;
  }
}

/** The workflow's own stream: what `Math.random` takes from outside of `with`. */
export const workflowRandom: WorkflowRandomStream = new DefaultStream();

/** The stream of this name; the same name gives the same numbers in every replay, whatever other code draws. */
export function getRandomStream(name: string): WorkflowRandomStream {
  return new NamedStream(requireRun('getRandomStream()'), name);
}

/** What `Math.random` and `uuid4` take from now. */
export function currentRandom(run: Run): RandomSource {
  return currentFrame().random ?? run.random;
}
