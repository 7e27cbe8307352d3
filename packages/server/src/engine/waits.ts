/** Callers that wait for something to happen, each with a deadline: a value, nothing is held while waiting. */
import { Heap } from '../core/queue/heap.js';
import type { HeapEntry } from '../core/queue/heap.js';
import type { ReplyTo } from './messages.js';

interface Wait extends HeapEntry {
  readonly replyTo: ReplyTo;
  readonly deadlineMs: number;
  readonly expire: () => void;
  readonly forget: () => void;
}

export class Waits {
  readonly #byReply = new Map<ReplyTo, Wait>();
  readonly #byDeadline = new Heap<Wait>((a, b) => (a.deadlineMs - b.deadlineMs || a.replyTo - b.replyTo) < 0);

  /** `expire` at the deadline; `forget` when the caller has gone or got its answer. */
  add(replyTo: ReplyTo, deadlineMs: number, expire: () => void, forget: () => void): void {
    const wait: Wait = { replyTo, deadlineMs, expire, forget, at: -1 };
    this.#byReply.set(replyTo, wait);
    this.#byDeadline.push(wait);
  }

  end(replyTo: ReplyTo): boolean {
    const wait = this.#byReply.get(replyTo);
    if (wait === undefined) return false;
    this.#byReply.delete(replyTo);
    this.#byDeadline.remove(wait);
    wait.forget();
    return true;
  }

  expire(nowMs: number): void {
    for (;;) {
      const wait = this.#byDeadline.peek();
      if (wait === undefined || wait.deadlineMs > nowMs) return;
      this.end(wait.replyTo);
      wait.expire();
    }
  }

  /** Everybody who waits from outside is answered as at their deadline. */
  expireCallers(): void {
    for (const wait of [...this.#byReply.values()]) {
      if (wait.replyTo < 0) continue;
      this.end(wait.replyTo);
      wait.expire();
    }
  }

  nextDeadlineMs(): number | undefined {
    return this.#byDeadline.peek()?.deadlineMs;
  }
}
