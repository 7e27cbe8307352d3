/** What an interceptor module exports: `interceptors`, called once per run. Filled in below. */
export type WorkflowInterceptorsFactory = () => WorkflowInterceptors;

/** Interceptors of one run; each list in the order in which calls pass through. */
export interface WorkflowInterceptors {
  inbound?: object[];
  outbound?: object[];
  internals?: object[];
}
