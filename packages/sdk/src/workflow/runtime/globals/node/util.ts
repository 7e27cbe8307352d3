/** `node:util` for workflow code: the parts that are pure. */
import { format, inspect } from '../inspect.js';
import { isDeepEqual } from './deep-equal.js';

export { format, inspect };

export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  return isDeepEqual(a, b, true);
}

type Callback = (error: unknown, value?: unknown) => void;
type Callbacked = (...args: unknown[]) => unknown;

export function promisify(original: Callbacked): (...args: unknown[]) => Promise<unknown> {
  return function (this: unknown, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const callback: Callback = (error, value) => {
        if (error) reject(error as Error);
        else resolve(value);
      };
      Reflect.apply(original, this, [...args, callback]);
    });
  };
}

export function callbackify(original: (...args: unknown[]) => Promise<unknown>): Callbacked {
  return function (this: unknown, ...args: unknown[]): void {
    const callback = args.pop() as Callback;
    (Reflect.apply(original, this, args) as Promise<unknown>).then(
      (value) => callback(null, value),
      (error: unknown) => callback(error),
    );
  };
}

export function inherits(constructor: { prototype: object }, parent: { prototype: object }): void {
  Object.defineProperty(constructor, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

/** Says it once for each message, in the workflow's log. */
export function deprecate<F extends Callbacked>(fn: F, message: string): F {
  let told = false;
  return function (this: unknown, ...args: unknown[]): unknown {
    if (!told) logWarning(message);
    told = true;
    return Reflect.apply(fn, this, args);
  } as F;
}

function logWarning(message: string): void {
  (globalThis as unknown as { console: { warn(text: string): void } }).console.warn(`DeprecationWarning: ${message}`);
}

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
const isTagged =
  (...tags: string[]) =>
  (value: unknown): boolean =>
    typeof value === 'object' && value !== null && tags.includes(tagOf(value));

export const types = {
  isAnyArrayBuffer: isTagged('ArrayBuffer'),
  isArrayBuffer: isTagged('ArrayBuffer'),
  isArrayBufferView: (value: unknown): boolean => ArrayBuffer.isView(value),
  isAsyncFunction: (value: unknown): boolean => typeof value === 'function' && tagOf(value) === 'AsyncFunction',
  isBoxedPrimitive: isTagged('Number', 'String', 'Boolean', 'Symbol', 'BigInt'),
  isDataView: isTagged('DataView'),
  isDate: isTagged('Date'),
  isGeneratorFunction: (value: unknown): boolean => typeof value === 'function' && tagOf(value) === 'GeneratorFunction',
  isMap: isTagged('Map'),
  isNativeError: (value: unknown): boolean => value instanceof Error,
  isPromise: isTagged('Promise'),
  isRegExp: isTagged('RegExp'),
  isSet: isTagged('Set'),
  isTypedArray: (value: unknown): boolean => ArrayBuffer.isView(value) && tagOf(value) !== 'DataView',
  isUint8Array: isTagged('Uint8Array'),
  isWeakMap: isTagged('WeakMap'),
  isWeakSet: isTagged('WeakSet'),
};

interface Encoders {
  readonly TextEncoder: unknown;
  readonly TextDecoder: unknown;
}
export const { TextEncoder, TextDecoder } = globalThis as unknown as Encoders;

export default {
  format,
  inspect,
  isDeepStrictEqual,
  promisify,
  callbackify,
  inherits,
  deprecate,
  types,
  TextEncoder,
  TextDecoder,
};
