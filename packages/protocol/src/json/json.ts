/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface JsonOptions {
  /**
   * `long`: payloads as they are, so that a history can be replayed. `short`: those that hold JSON as their value.
   * Default: long.
   */
  readonly payloads?: 'long' | 'short';
}
