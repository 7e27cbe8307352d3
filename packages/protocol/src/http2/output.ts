/**
 * What a connection has to send, gathered until the end of a turn. Small things are written one behind the other into slabs that
 * all connections share; large bodies are kept as they are.
 */

const slabBytes = 64 * 1024;

let slab: Buffer = Buffer.alloc(0);
let slabUsed = 0;

export class Output {
  #pieces: Uint8Array[] = [];
  /** The open piece: bytes of `#slab` from `#start` to `#end`. */
  #slab: Buffer | undefined;
  #start = 0;
  #end = 0;

  get isEmpty(): boolean {
    return this.#pieces.length === 0 && this.#slab === undefined;
  }

  /** Gives room for so many bytes in `buffer`; what is written there counts from `wrote` on. No other call may come between. */
  room(bytes: number): { readonly buffer: Buffer; readonly offset: number } {
    if (slab.length - slabUsed < bytes) {
      slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, bytes));
      slabUsed = 0;
    }
    if (this.#slab !== slab || this.#end !== slabUsed) {
      this.#closePiece();
      this.#slab = slab;
      this.#start = slabUsed;
      this.#end = slabUsed;
    }
    place.buffer = slab;
    place.offset = slabUsed;
    return place;
  }

  /** The room was used up to this offset. */
  wrote(end: number): void {
    this.#end = end;
    slabUsed = end;
  }

  /** Sends these very bytes: they must not change any more. */
  append(bytes: Uint8Array): void {
    this.#closePiece();
    this.#pieces.push(bytes);
  }

  /** All that has gathered, to be written in this order. */
  take(): readonly Uint8Array[] {
    this.#closePiece();
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #closePiece(): void {
    if (this.#slab !== undefined && this.#end > this.#start) {
      this.#pieces.push(this.#slab.subarray(this.#start, this.#end));
    }
    this.#slab = undefined;
  }
}

/** One object for all: rooms are used at once. */
const place = { buffer: slab, offset: 0 };
