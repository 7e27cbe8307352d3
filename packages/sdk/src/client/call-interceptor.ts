/** Code of the application around the calls of a connection, whichever client makes them. */
import type { Metadata } from './connection-options.js';

/** One call, its repetitions included. */
export interface GrpcCall {
  /** `/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution` */
  readonly path: string;
  /** The message; not to be changed. */
  readonly request: unknown;
  /** Headers of this call, besides those of the connection. */
  readonly metadata: Metadata;
}

/** Calls `next`, with the call or with one that has other metadata, and returns what that gives. */
export type GrpcCallInterceptor = (call: GrpcCall, next: (call: GrpcCall) => Promise<unknown>) => Promise<unknown>;

type Send = (call: GrpcCall) => Promise<unknown>;

/** The call within all interceptors; the first is the outermost. */
export function interceptedCall(interceptors: readonly GrpcCallInterceptor[], send: Send): Send {
  const wrap =
    (next: Send, interceptor: GrpcCallInterceptor): Send =>
    (call) =>
      interceptor(call, next);
  return [...interceptors].reverse().reduce<Send>(wrap, send);
}
