/** How a call ends. */

import { StatusCode } from '../errors.js';

/** A call that got another status than OK. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly ok = false;
  /** gRPC status code. */
  readonly code: number;
  /** Encoded google.rpc.Status, when the server sent one. */
  readonly statusDetails: Uint8Array | undefined;
  /** When the connection is to blame: what the system said (`ECONNREFUSED`, a TLS error), or `HTTP`, `CLOSED`, … */
  readonly systemCode: string | undefined;
  /** The server has not seen the request: repeating it is safe. */
  readonly isUnsent: boolean;

  constructor(
    code: number,
    message: string,
    more: { statusDetails?: Uint8Array | undefined; systemCode?: string | undefined; isUnsent?: boolean } = {},
  ) {
    super(message);
    this.code = code;
    this.statusDetails = more.statusDetails;
    this.systemCode = more.systemCode;
    this.isUnsent = more.isUnsent ?? false;
  }
}

export type CallAnswer = { readonly ok: true; readonly bytes: Uint8Array } | CallFailed;

const codes = {
  cancelled: StatusCode.CANCELLED,
  deadlineExceeded: StatusCode.DEADLINE_EXCEEDED,
  resourceExhausted: StatusCode.RESOURCE_EXHAUSTED,
  internal: StatusCode.INTERNAL,
  unavailable: StatusCode.UNAVAILABLE,
} as const;

/** A status that the channel itself gives. */
export function channelFailure(
  status: keyof typeof codes,
  message: string,
  systemCode?: string,
  isUnsent = false,
): CallFailed {
  return new CallFailed(codes[status], message, { systemCode, isUnsent });
}

/** What went wrong with a socket. */
export function socketFailure(error: Error, isUnsent: boolean): CallFailed {
  const code = 'code' in error ? String(error.code) : 'CLOSED';
  return channelFailure('unavailable', error.message === '' ? code : error.message, code, isUnsent);
}
