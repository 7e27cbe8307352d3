/**
 * Short byte arrays cut from larger ones.
 *
 * An array of more than 64 bytes lies outside the JavaScript heap: it is allocated, zeroed, registered, swept and freed by
 * itself, which costs 1.7 µs of CPU. A view of a larger array costs 0.15 µs. The price is that a view keeps the whole slab
 * in memory, so it is for bytes that are soon let go, or for slabs that are small beside what is kept of them.
 */
export class Slab {
  private readonly slabBytes: number;
  private readonly pieceBytesMax: number;
  private slab: Uint8Array = new Uint8Array(0);
  private at = 0;

  /** Pieces longer than `pieceBytesMax` get an array of their own. */
  constructor(slabBytes: number, pieceBytesMax: number) {
    this.slabBytes = slabBytes;
    this.pieceBytesMax = pieceBytesMax;
  }

  /** An array of that length, to be written by the caller. Its content is not defined before. */
  take(sizeBytes: number): Uint8Array {
    if (sizeBytes > this.pieceBytesMax || sizeBytes <= ON_HEAP_BYTES_MAX) return new Uint8Array(sizeBytes);
    if (this.at + sizeBytes > this.slab.length) {
      this.slab = new Uint8Array(this.slabBytes);
      this.at = 0;
    }
    const start = this.at;
    this.at = start + sizeBytes;
    return new Uint8Array(this.slab.buffer, start, sizeBytes);
  }

  /** A copy of the first bytes of `source`. */
  copy(source: Uint8Array, sizeBytes: number): Uint8Array {
    const piece = this.take(sizeBytes);
    piece.set(source.subarray(0, sizeBytes));
    return piece;
  }
}

/** Arrays up to here are part of the heap, and cheaper than a view. */
const ON_HEAP_BYTES_MAX = 64;

/** For messages and values that are sent or stored and then forgotten. */
export const passing = new Slab(32 * 1024, 4 * 1024);
