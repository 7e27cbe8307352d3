/**
 * A set kept in order, for millions of items: sorted chunks, so an insertion moves a few hundred pointers at most and
 * an item costs little more than its pointer.
 */

const CHUNK_ITEMS_MAX = 256;

/** `Key` is the part of an item that is compared. */
export class OrderedSet<Item extends Key, Key = Item> {
  readonly #compare: (left: Key, right: Key) => number;
  /** No chunk is empty; all items of a chunk come before those of the next. */
  readonly #chunks: Item[][] = [];
  #size = 0;

  /** `compare` must be a total order; items that compare as 0 are the same item. */
  constructor(compare: (left: Key, right: Key) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds the item; one that is equal to it is replaced. */
  add(item: Item): void {
    const chunkIndex = Math.min(this.#chunkOf(item), this.#chunks.length - 1);
    const chunk = this.#chunks[chunkIndex];
    if (chunk === undefined) {
      this.#chunks.push([item]);
      this.#size = 1;
      return;
    }
    const index = this.#indexIn(chunk, item);
    const present = chunk[index];
    if (present !== undefined && this.#compare(present, item) === 0) {
      chunk[index] = item;
      return;
    }
    chunk.splice(index, 0, item);
    this.#size += 1;
    if (chunk.length > CHUNK_ITEMS_MAX) this.#split(chunkIndex, chunk, index);
  }

  delete(item: Key): void {
    const chunkIndex = this.#chunkOf(item);
    const chunk = this.#chunks[chunkIndex];
    if (chunk === undefined) return;
    const index = this.#indexIn(chunk, item);
    const present = chunk[index];
    if (present === undefined || this.#compare(present, item) !== 0) return;
    chunk.splice(index, 1);
    this.#size -= 1;
    if (chunk.length === 0) this.#chunks.splice(chunkIndex, 1);
  }

  /** All items in order, from the first that is not before `from`. The set must not change meanwhile. */
  *walk(from?: Key): Generator<Item, void> {
    const first = from === undefined ? 0 : this.#chunkOf(from);
    for (let chunkIndex = first; chunkIndex < this.#chunks.length; chunkIndex++) {
      const chunk = this.#chunks[chunkIndex] ?? [];
      const start = from !== undefined && chunkIndex === first ? this.#indexIn(chunk, from) : 0;
      for (let index = start; index < chunk.length; index++) yield chunk[index] as Item;
    }
  }

  /** The first chunk whose last item is not before the item; the number of chunks if there is none. */
  #chunkOf(item: Key): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#chunks[middle]?.at(-1);
      if (last !== undefined && this.#compare(last, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #indexIn(chunk: readonly Item[], item: Key): number {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(chunk[middle] as Item, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** An insertion at the very end splits off only that item: rising keys, the usual case, leave full chunks behind. */
  #split(chunkIndex: number, chunk: Item[], insertedAt: number): void {
    const keep = insertedAt === chunk.length - 1 ? insertedAt : chunk.length >>> 1;
    this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(keep));
  }
}
