/**
 * What becomes of each global: a closed table. What is not in it is taken away, and a test that goes over all globals of the
 * running Node fails with the name of the newcomer.
 */
import { refusedNames, REFUSED_WHEN_CALLED } from './refuse.js';

export type GlobalKind =
  /** Of the language; depends on nothing but its arguments. Frozen. */
  | 'pure'
  /** Of the language or of Node, with the run's clock, sequence, zone or timers in the place of the machine's. */
  | 'deterministic'
  /** Of Node; made anew inside. */
  | 'inside'
  /** Not there, or there only to say what to do instead. */
  | 'refused'
  /** Belongs to the run. */
  | 'run';

const PURE = `Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Promise RegExp
Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError JSON
ArrayBuffer Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array Float64Array
Uint8ClampedArray BigUint64Array BigInt64Array DataView Map BigInt Set WeakMap WeakSet Proxy Reflect Iterator
DisposableStack AsyncDisposableStack decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval
isFinite isNaN`;

const DETERMINISTIC = `Date Math Intl Temporal WeakRef FinalizationRegistry crypto Crypto performance console setTimeout
clearTimeout setInterval clearInterval setImmediate clearImmediate queueMicrotask AbortController AbortSignal`;

const INSIDE = `URL URLSearchParams TextEncoder TextDecoder Event EventTarget CustomEvent DOMException
QuotaExceededError structuredClone atob btoa`;

function rows(names: string, kind: GlobalKind): (readonly [string, GlobalKind])[] {
  return names.split(/\s+/).map((name) => [name, kind] as const);
}

export const GLOBALS: ReadonlyMap<string, GlobalKind> = new Map([
  ...rows(PURE, 'pure'),
  ...rows(DETERMINISTIC, 'deterministic'),
  ...rows(INSIDE, 'inside'),
  ...rows('globalThis global', 'run'),
  ...[...refusedNames(), ...Object.keys(REFUSED_WHEN_CALLED)].map((name) => [name, 'refused'] as const),
]);
