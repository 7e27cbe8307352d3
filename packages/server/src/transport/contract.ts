/**
 * What the transport asks of the API: a call is a method name, request bytes and a context; an answer is bytes or a
 * status. The transport never looks inside a message, and the API never sees a socket.
 */

/** Why a call no longer needs an answer. */
export type CancelReason = 'clientGone' | 'deadlineExceeded' | 'serverClosing';

/** Request headers of one call. Names are lower case. */
export interface CallMetadata {
  /** Value of an ASCII header; several values are joined with `, `. Undefined when absent. */
  get(name: string): string | undefined;
  /** First value of a `-bin` header, decoded from base64 when asked for. Undefined when absent. */
  getBinary(name: string): Uint8Array | undefined;
  /** Names of all headers, pseudo headers (`:path`) left out. */
  names(): readonly string[];
}

export interface CallContext {
  /** Full path as on the wire: `/package.Service/Method`. */
  readonly method: string;
  /** Moment (epoch milliseconds) after which the client no longer waits; undefined when it set none. */
  readonly deadlineMs: number | undefined;
  readonly metadata: CallMetadata;
  /** `address:port` of the client, or `in-memory`. */
  readonly peer: string;
  /** Subject of the client's certificate (`CN=x,O=y`) under mutual TLS, else undefined. */
  readonly peerCertificateSubject: string | undefined;
  readonly isStreaming: boolean;
  /** True once the call was cancelled; answers are dropped from then on. */
  readonly isCancelled: boolean;
  /**
   * Calls back at most once, when the client reset the call, its connection closed, the deadline passed or the server
   * closes. Never after the answer was given. At once if the call is already cancelled. A second callback replaces the first.
   */
  onCancel(callback: (reason: CancelReason) => void): void;
}

export interface CallFailure {
  readonly ok: false;
  /** gRPC status code, 1 to 16. */
  readonly code: number;
  readonly message: string;
  /** Encoded google.rpc.Status, sent as `grpc-status-details-bin`. */
  readonly statusDetails?: Uint8Array;
}

export type CallResult = { readonly ok: true; readonly bytes: Uint8Array } | CallFailure;

/** Answers a call. Only the first answer counts; an answer to a cancelled call is dropped. */
export type Reply = (result: CallResult) => void;

/** How the handler of a streaming call writes. */
export interface ResponseStream {
  /** Sends one message. False: the client reads slowly, `RequestSink.drained` will be called. */
  send(bytes: Uint8Array): boolean;
  /** Ends the call; without a failure its status is OK. */
  end(failure?: CallFailure): void;
}

/** How a streaming call is read. */
export interface RequestSink {
  message(bytes: Uint8Array): void;
  /** The client will send no more messages. */
  ended(): void;
  /** What was sent has left; send on. */
  drained?(): void;
}

/**
 * Serves the methods of a service. What it throws becomes INTERNAL without its text and is logged.
 * The request bytes are a view of a larger network buffer: a handler that keeps them for long must copy them.
 */
export interface CallHandler {
  unary(context: CallContext, request: Uint8Array, reply: Reply): void;
  /** Needed only by services with streaming methods. */
  streaming?(context: CallContext, responses: ResponseStream): RequestSink;
}

export type MethodKind = 'unary' | 'streaming';

export interface Service {
  /** Full name, `package.Service`. */
  readonly name: string;
  /** Method name (without the path) to its kind. */
  readonly methods: ReadonlyMap<string, MethodKind>;
  readonly handler: CallHandler;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where the transport reports what no caller can be told. */
export type TransportLog = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;
