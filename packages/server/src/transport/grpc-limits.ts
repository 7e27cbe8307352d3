/** Bounds of the gRPC server. Every one can be raised by configuration. */

export interface GrpcLimits {
  /** Largest request message, also after decompression. */
  readonly requestBytesMax: number;
  /** Request bytes of unfinished messages held for one connection, and for all together. */
  readonly bufferedRequestBytesPerConnectionMax: number;
  readonly bufferedRequestBytesMax: number;
  /** Response bytes a client may leave unread before its connection is cut. */
  readonly unreadResponseBytesPerConnectionMax: number;
  readonly headerBytesMax: number;
  readonly callsPerConnectionMax: number;
  readonly connectionsMax: number;
  /** Flow control windows offered to clients. */
  readonly streamWindowBytes: number;
  readonly connectionWindowBytes: number;
  /** From accepting a connection to its HTTP/2 preface; the TLS handshake has the same time again. */
  readonly handshakeTimeoutMs: number;
  /** Without a byte from the client for this long, the server pings. */
  readonly keepaliveIntervalMs: number;
  /** Without an answer to the ping for this long, the connection is cut. */
  readonly keepaliveTimeoutMs: number;
  /** Without a call for this long, the client is asked to go. */
  readonly idleConnectionMs: number;
  /** Older connections are asked to go, so that load spreads over nodes; 0 turns it off. */
  readonly connectionAgeMs: number;
  /** Time that calls have to end after a connection was asked to go for its age. */
  readonly connectionAgeGraceMs: number;
}

const kib = 1024;
const mib = 1024 * kib;

export const defaultGrpcLimits: GrpcLimits = {
  requestBytesMax: 4 * mib,
  bufferedRequestBytesPerConnectionMax: 64 * mib,
  bufferedRequestBytesMax: 256 * mib,
  unreadResponseBytesPerConnectionMax: 64 * mib,
  headerBytesMax: 64 * kib,
  callsPerConnectionMax: 10_000,
  connectionsMax: 16_384,
  streamWindowBytes: 256 * kib,
  connectionWindowBytes: 4 * mib,
  handshakeTimeoutMs: 10_000,
  keepaliveIntervalMs: 60_000,
  keepaliveTimeoutMs: 10_000,
  idleConnectionMs: 120_000,
  connectionAgeMs: 0,
  connectionAgeGraceMs: 70_000,
};

/** A bound on bytes held, optionally within a larger one. */
export class ByteBudget {
  readonly #bytesMax: number;
  readonly #parent: ByteBudget | undefined;
  #bytesTaken = 0;

  constructor(bytesMax: number, parent?: ByteBudget) {
    this.#bytesMax = bytesMax;
    this.#parent = parent;
  }

  /** False, and nothing taken, when the bound would be passed. */
  take(bytes: number): boolean {
    if (this.#bytesTaken + bytes > this.#bytesMax) return false;
    if (this.#parent !== undefined && !this.#parent.take(bytes)) return false;
    this.#bytesTaken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#bytesTaken -= bytes;
    this.#parent?.give(bytes);
  }

  get bytesTaken(): number {
    return this.#bytesTaken;
  }
}
