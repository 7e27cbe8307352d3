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
}

export class ActivationLoop {
  readonly #realm: VmRealm;
  readonly #onBegin: (activation: Activation | undefined) => void;
  readonly #waiting: Waiting[] = [];
  #last: { readonly onEnd: (ended: Ended) => void; ended: Ended } | undefined;
  #isScheduled = false;
  #head = 0;

  /** `onBegin` is called before each activation, and with undefined when it is over. */
  constructor(realm: VmRealm, onBegin: (activation: Activation | undefined) => void = () => undefined) {
    this.#realm = realm;
    this.#onBegin = onBegin;
  }

  push(activation: Activation, onEnd: (ended: Ended) => void): void {
    this.#waiting.push({ activation, onEnd });
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
      this.#last = { onEnd: next.onEnd, ended: this.#run(next.activation) };
      this.#schedule();
    }
    if (this.#head === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#head = 0;
    }
    last?.onEnd(last.ended);
  }

  #run(activation: Activation): Ended {
    this.#onBegin(activation);
    try {
      return outside(this.#realm.activate(activation));
    } catch (error) {
      this.#realm.abandon();
      return { completion: { status: 'failed', failure: this.#realm.encodeError(error) }, sinkCalls: [] };
    } finally {
      this.#onBegin(undefined);
    }
  }
}

function outside({ completion, sinkCalls }: Concluded): Ended {
  return { completion, sinkCalls: sinkCalls.length === 0 ? [] : sinkCalls.map(sinkCallOutside) };
}

function sinkCallOutside(call: SinkCall): SinkCall {
  return copyOut(call) as SinkCall;
}
