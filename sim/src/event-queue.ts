/** What is still to happen, by time, then by order of being asked for: a binary heap. */
export interface Scheduled {
  readonly atMs: number;
  readonly order: number;
  /** Undefined once it was called off. */
  act: (() => void) | undefined;
}

export class EventQueue {
  readonly #heap: Scheduled[] = [];
  #lastOrder = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(atMs: number, act: () => void): Scheduled {
    this.#lastOrder += 1;
    const entry: Scheduled = { atMs, order: this.#lastOrder, act };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return entry;
  }

  /** Back to its place: whoever holds it can still call it off. */
  putBack(entry: Scheduled): void {
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  /** The earliest that was not called off. */
  take(): Scheduled | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) return undefined;
      const last = this.#heap.pop();
      if (last !== undefined && this.#heap.length > 0) {
        this.#heap[0] = last;
        this.#sink();
      }
      if (first.act !== undefined) return first;
    }
  }

  #rise(start: number): void {
    const heap = this.#heap;
    for (let at = start; at > 0;) {
      const above = (at - 1) >> 1;
      const [child, parent] = [heap[at], heap[above]];
      if (child === undefined || parent === undefined || !isBefore(child, parent)) return;
      heap[at] = parent;
      heap[above] = child;
      at = above;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    for (let at = 0; ;) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2]) {
        const [child, best] = [heap[below], heap[least]];
        if (child !== undefined && best !== undefined && isBefore(child, best)) least = below;
      }
      const [here, there] = [heap[at], heap[least]];
      if (least === at || here === undefined || there === undefined) return;
      heap[at] = there;
      heap[least] = here;
      at = least;
    }
  }
}

const isBefore = (a: Scheduled, b: Scheduled): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
