/** A binary heap whose entries know their own place, so that any of them can be removed in O(log n). */
export interface HeapEntry {
  /** Place in the heap that holds the entry; -1 while it is in none. Only the heap writes it. */
  at: number;
}

export class Heap<Entry extends HeapEntry> {
  readonly #before: (a: Entry, b: Entry) => boolean;
  #entries: Entry[] = [];

  /** `before` must be a total order: equal entries make the order of service depend on the past. */
  constructor(before: (a: Entry, b: Entry) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** All entries in no useful order. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  peek(): Entry | undefined {
    return this.#entries[0];
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#rise(entry, this.#entries.length - 1);
  }

  pop(): Entry | undefined {
    const first = this.#entries[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** False if the entry is in no heap. It must not be in another one. */
  remove(entry: Entry): boolean {
    const at = entry.at;
    if (at < 0) return false;
    const last = this.#entries.pop();
    entry.at = -1;
    if (last === undefined || last === entry) return true;
    this.#sink(last, at);
    if (last.at === at) this.#rise(last, at);
    return true;
  }

  /** Keeps the entries that pass; O(n). Returns the others. */
  retain(isKept: (entry: Entry) => boolean): Entry[] {
    const kept: Entry[] = [];
    const removed: Entry[] = [];
    for (const entry of this.#entries) (isKept(entry) ? kept : removed).push(entry);
    for (const entry of removed) entry.at = -1;
    this.#entries = kept;
    kept.forEach((entry, at) => (entry.at = at));
    for (let at = (kept.length >> 1) - 1; at >= 0; at -= 1) {
      const entry = kept[at];
      if (entry !== undefined) this.#sink(entry, at);
    }
    return removed;
  }

  #rise(entry: Entry, from: number): void {
    let at = from;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = this.#entries[parentAt];
      if (parent === undefined || !this.#before(entry, parent)) break;
      this.#put(parent, at);
      at = parentAt;
    }
    this.#put(entry, at);
  }

  #sink(entry: Entry, from: number): void {
    let at = from;
    for (;;) {
      const leftAt = 2 * at + 1;
      let child = this.#entries[leftAt];
      if (child === undefined) break;
      const right = this.#entries[leftAt + 1];
      let childAt = leftAt;
      if (right !== undefined && this.#before(right, child)) {
        child = right;
        childAt = leftAt + 1;
      }
      if (!this.#before(child, entry)) break;
      this.#put(child, at);
      at = childAt;
    }
    this.#put(entry, at);
  }

  #put(entry: Entry, at: number): void {
    this.#entries[at] = entry;
    entry.at = at;
  }
}
