/**
 * Works off the activations of one realm, one in each turn of the event loop. A turn ends what the one before began: by then
 * Node has told of promises that were rejected in it.
 */
import type { Activation, Completion } from '../../replay/contract.js';
import type { Concluded, SinkCall } from '../../workflow/runtime/contract.js';
import { copyOut } from './copy-out.js';
import type { VmRealm } from './vm-realm.js';

/** The end of an activation; `completion` is as the realm made it. */
export interface Ended {
  readonly completion: Completion;
  readonly sinkCalls: readonly SinkCall[];
}

interface Waiting {
  readonly activation: Activation;
  readonly onEnd: (ended: Ended) => void;
  readonly onBegin: () => void;
  readonly onStop: () => void;
}

export class ActivationLoop {
  readonly #realm: VmRealm;
  readonly #waiting: Waiting[] = [];
  #last: { readonly onEnd: (ended: Ended) => void; ended: Ended } | undefined;
  #isScheduled = false;
  #head = 0;

  constructor(realm: VmRealm) {
    this.#realm = realm;
  }

  /** `onBegin` and `onStop` are called right before and right after the code runs, `onEnd` when all is known. */
  push(activation: Activation, onEnd: (ended: Ended) => void, onBegin = nothing, onStop = nothing): void {
    this.#waiting.push({ activation, onEnd, onBegin, onStop });
    this.#schedule();
  }

  /** Fails the task of the activation that has just been worked off. */
  onRejection(reason: unknown): void {
    if (this.#last === undefined || this.#last.ended.completion.status === 'failed') return;
    const failure = this.#realm.encodeRejection(reason);
    this.#last.ended = { ...this.#last.ended, completion: { status: 'failed', failure } };
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isScheduled = false;
    const last = this.#last;
    this.#last = undefined;
    const next = this.#waiting[this.#head];
    if (next !== undefined) {
      this.#head += 1;
      this.#last = { onEnd: next.onEnd, ended: this.#run(next) };
      this.#schedule();
    }
    if (this.#head === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#head = 0;
    }
    last?.onEnd(last.ended);
  }

  #run({ activation, onBegin, onStop }: Waiting): Ended {
    onBegin();
    try {
      return outside(this.#realm.activate(activation));
    } catch (error) {
      this.#realm.abandon();
      return { completion: { status: 'failed', failure: this.#realm.encodeError(error) }, sinkCalls: [] };
    } finally {
      onStop();
    }
  }
}

function nothing(): void {}

function outside({ completion, sinkCalls }: Concluded): Ended {
  return { completion, sinkCalls: sinkCalls.length === 0 ? [] : sinkCalls.map(sinkCallOutside) };
}

function sinkCallOutside(call: SinkCall): SinkCall {
  return copyOut(call) as SinkCall;
}
