/** What a call that the server refused, or that never reached it, is to its caller. */
import { Status, StatusCode, unpackAny } from '@perdure/protocol';
import type { Any, MessageType } from '@perdure/protocol';
import { CallFailed } from '@perdure/protocol/channel';
import { namedErrorClass } from '../conversion/error-class.js';

const codeNames = new Map<number, string>(Object.entries(StatusCode).map(([name, code]) => [code, name]));

/** A call ended with another gRPC status than OK. Raw services throw it; higher-level clients have it as `cause`. */
export class GrpcServiceError extends Error {
  /** gRPC status code, such as 5 for NOT_FOUND. */
  readonly code: number;
  /** The server's own text. */
  readonly details: string;
  /** The typed details of the status. The first decides what kind of error it is. */
  readonly statusDetails: readonly Any[];
  /** The server never saw the request. */
  readonly isUnsent: boolean;

  constructor(
    code: number,
    details: string,
    more: { statusDetails?: readonly Any[]; isUnsent?: boolean; cause?: unknown } = {},
  ) {
    super(`${code} ${codeNames.get(code) ?? 'UNKNOWN'}: ${details}`, { cause: more.cause });
    this.code = code;
    this.details = details;
    this.statusDetails = more.statusDetails ?? [];
    this.isUnsent = more.isUnsent ?? false;
  }
}
namedErrorClass(GrpcServiceError, 'GrpcServiceError');

/** Whether an error is the gRPC status of a call. */
export function isGrpcServiceError(error: unknown): error is GrpcServiceError {
  return error instanceof GrpcServiceError;
}

/** Whether a call ended because its deadline had passed. Looks into causes. */
export function isGrpcDeadlineError(error: unknown): boolean {
  return grpcErrorOf(error)?.code === StatusCode.DEADLINE_EXCEEDED;
}

/** Whether a call was cancelled, by an abort signal for instance. Looks into causes. */
export function isGrpcCancelledError(error: unknown): boolean {
  return grpcErrorOf(error)?.code === StatusCode.CANCELLED;
}

/** The gRPC status at the bottom of an error. */
export function grpcErrorOf(error: unknown): GrpcServiceError | undefined {
  if (isGrpcServiceError(error)) return error;
  return error instanceof Error && error.cause !== undefined ? grpcErrorOf(error.cause) : undefined;
}

/** The first detail of a status that is of this type. */
export function statusDetail<T>(error: GrpcServiceError, type: MessageType<T>): T | undefined {
  for (const any of error.statusDetails) {
    const detail = unpackAny(type, any);
    if (detail !== undefined) return detail;
  }
  return undefined;
}

/** Whether a server refuses a message, or a part of it, because of its size. */
export function isTooLarge(details: string): boolean {
  return /larger than max|size exceeds limit|exceeds (the )?(size )?limit/i.test(details);
}

/** What the channel threw, in the words of this package. Anything else passes. */
export function toGrpcError(thrown: unknown, address: string, requestBytes = 0): unknown {
  if (!(thrown instanceof CallFailed)) return thrown;
  const { code, message, statusDetails, systemCode, isUnsent } = thrown;
  const details =
    systemCode === undefined ? serverText(message, requestBytes) : connectionText(address, message, systemCode);
  const typed = statusDetails === undefined ? [] : Status.decode(statusDetails).details;
  return new GrpcServiceError(code, details, { statusDetails: typed, isUnsent, cause: thrown });
}

/** What the server said; what is too large is told with its size and what to do. */
function serverText(message: string, requestBytes: number): string {
  // A call may be one of several under one deadline: what was left for it tells nothing.
  if (/^no answer within \d+ ms$/.test(message)) return 'there was no answer before the deadline of the call';
  const [, attribute] = /no mapping defined for search attribute (\S+?)\.?$/.exec(message) ?? [];
  if (attribute !== undefined) {
    return `${message}. Register it: perdure operator search-attribute create --name ${attribute} --type Keyword`;
  }
  if (!isTooLarge(message)) return message;
  const size = `The request has ${(requestBytes / 2 ** 20).toFixed(1)} MiB: `;
  const cure = 'keep large data elsewhere and send a reference, or compress it with a payload codec';
  return `${message.replace(/\.$/, '')}. ${requestBytes === 0 ? '' : size}${cure}`;
}

/** What went wrong between here and the server, and what to do about it. */
function connectionText(address: string, message: string, systemCode: string): string {
  return `${address}: ${message}${advice(systemCode)}`;
}

function advice(systemCode: string): string {
  if (systemCode === 'ECONNREFUSED') {
    return '. Nothing listens there: start a server (npx perdure server start-dev) or correct `address`';
  }
  if (systemCode === 'ENOTFOUND' || systemCode === 'EAI_AGAIN')
    return '. The host name is not known: correct `address`';
  if (systemCode === 'TIMEOUT') return '. Is the address right, and does a firewall let it through?';
  if (systemCode === 'CLOSED') return '';
  if (systemCode === 'PROXY') {
    return '. Set `proxy` with the right credentials, `proxy: false`, or the host in the variable no_proxy';
  }
  if (systemCode === 'CERT_HAS_EXPIRED') return ". The server's certificate has expired: renew it";
  if (isCertificateCode(systemCode)) {
    return '. The server’s certificate is not trusted: set `tls.serverRootCACertificate`, or `tls.serverNameOverride` if only the name differs';
  }
  if (systemCode === 'HTTP' || systemCode === 'HTTP2' || systemCode === 'ECONNRESET') {
    return '. Is it a gRPC port, and do both sides agree on TLS?';
  }
  return '';
}

/** What Node says of certificates; waiting does not mend them. */
export function isCertificateCode(systemCode: string): boolean {
  return /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET))/.test(systemCode);
}
