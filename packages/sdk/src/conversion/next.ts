/** What interceptors of clients, workflows and activities have in common. */

/** The rest of the chain: the next interceptor, or the call itself. */
export type Next<Interceptor, Name extends keyof Interceptor> = Required<Interceptor>[Name] extends (
  input: never,
  next: infer Rest,
) => unknown
  ? Rest
  : never;
