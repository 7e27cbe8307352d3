/** The one place where `any` is allowed. */

// What an untyped name takes and returns is for the caller to say: with `unknown` every call by name would need a cast.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Anything = any;
