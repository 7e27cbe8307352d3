/** `node:assert` for workflow code. The loose methods compare with `==`; `node:assert/strict` has the strict ones. */
import { inspect } from '../inspect.js';
import { isDeepEqual } from './deep-equal.js';

interface Compared {
  readonly actual?: unknown;
  readonly expected?: unknown;
  readonly operator: string;
}

export class AssertionError extends Error {
  readonly code = 'ERR_ASSERTION';
  readonly generatedMessage: boolean;
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string;

  constructor(options: Compared & { readonly message?: string }) {
    super(options.message ?? messageOf(options));
    this.name = 'AssertionError';
    this.generatedMessage = options.message === undefined;
    this.actual = options.actual;
    this.expected = options.expected;
    this.operator = options.operator;
  }
}

function messageOf({ actual, expected, operator }: Compared): string {
  if (operator === 'ok') return `The expression evaluated to a falsy value: ${inspect(actual)}`;
  return `Expected ${inspect(actual)} ${operator} ${inspect(expected)}`;
}

type Message = string | Error | undefined;

function check(passed: boolean, compared: Compared, message: Message): asserts passed {
  if (passed) return;
  if (message instanceof Error) throw message;
  throw new AssertionError(message === undefined ? compared : { ...compared, message });
}

export function ok(value: unknown, message?: Message): asserts value {
  check(Boolean(value), { actual: value, expected: true, operator: 'ok' }, message);
}

type Compare = (actual: unknown, expected: unknown, message?: Message) => void;

function comparison(operator: string, passes: (a: unknown, b: unknown) => boolean): Compare {
  return (actual, expected, message) => check(passes(actual, expected), { actual, expected, operator }, message);
}

export const equal = comparison('==', (a, b) => a == b || (a !== a && b !== b));
export const notEqual = comparison('!=', (a, b) => a != b);
export const strictEqual = comparison('strictEqual', Object.is);
export const notStrictEqual = comparison('notStrictEqual', (a, b) => !Object.is(a, b));
export const deepEqual = comparison('deepEqual', (a, b) => isDeepEqual(a, b, false));
export const notDeepEqual = comparison('notDeepEqual', (a, b) => !isDeepEqual(a, b, false));
export const deepStrictEqual = comparison('deepStrictEqual', (a, b) => isDeepEqual(a, b, true));
export const notDeepStrictEqual = comparison('notDeepStrictEqual', (a, b) => !isDeepEqual(a, b, true));
export const match = comparison('match', (text, pattern) => (pattern as RegExp).test(String(text)));
export const doesNotMatch = comparison('doesNotMatch', (text, pattern) => !(pattern as RegExp).test(String(text)));

export function fail(message: Message = 'Failed'): never {
  throw message instanceof Error ? message : new AssertionError({ message, operator: 'fail' });
}

export function ifError(value: unknown): void {
  if (value !== null && value !== undefined) throw value instanceof Error ? value : new Error(inspect(value));
}

type Expected = RegExp | object | undefined;

export function throws(fn: () => unknown, expected?: Expected | string, message?: Message): void {
  let thrown: { readonly error: unknown } | undefined;
  try {
    fn();
  } catch (error) {
    thrown = { error };
  }
  judge(thrown, expected, message, 'throws');
}

export async function rejects(
  promise: Promise<unknown> | (() => Promise<unknown>),
  expected?: Expected | string,
  message?: Message,
): Promise<void> {
  let thrown: { readonly error: unknown } | undefined;
  try {
    await (typeof promise === 'function' ? promise() : promise);
  } catch (error) {
    thrown = { error };
  }
  judge(thrown, expected, message, 'rejects');
}

export function doesNotThrow(fn: () => unknown, message?: Message): void {
  try {
    fn();
  } catch (error) {
    check(false, { actual: error, operator: 'doesNotThrow' }, message);
  }
}

export async function doesNotReject(
  promise: Promise<unknown> | (() => Promise<unknown>),
  message?: Message,
): Promise<void> {
  try {
    await (typeof promise === 'function' ? promise() : promise);
  } catch (error) {
    check(false, { actual: error, operator: 'doesNotReject' }, message);
  }
}

function judge(
  thrown: { readonly error: unknown } | undefined,
  expected: Expected | string,
  message: Message,
  operator: string,
): void {
  const text = typeof expected === 'string' ? expected : message;
  check(thrown !== undefined, { expected, operator }, text ?? 'Missing expected exception.');
  if (expected === undefined || typeof expected === 'string') return;
  check(fits(thrown?.error, expected), { actual: thrown?.error, expected, operator }, message);
}

/** A pattern of the message, an error class, a function that says true, or an object of properties. */
function fits(error: unknown, expected: object): boolean {
  if (expected instanceof RegExp) return expected.test(String(error));
  if (typeof expected !== 'function') {
    return Object.entries(expected).every(([key, value]) => {
      const actual: unknown = Reflect.get(Object(error) as object, key);
      return value instanceof RegExp && typeof actual === 'string'
        ? value.test(actual)
        : isDeepEqual(actual, value, true);
    });
  }
  const isClass = expected.prototype !== undefined && error instanceof expected;
  if (isClass) return true;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) return false;
  return Reflect.apply(expected as (error: unknown) => unknown, undefined, [error]) === true;
}

const methods = {
  AssertionError,
  ok,
  equal,
  notEqual,
  strictEqual,
  notStrictEqual,
  deepEqual,
  notDeepEqual,
  deepStrictEqual,
  notDeepStrictEqual,
  match,
  doesNotMatch,
  fail,
  ifError,
  throws,
  rejects,
  doesNotThrow,
  doesNotReject,
};

const strictMethods = {
  ...methods,
  equal: strictEqual,
  notEqual: notStrictEqual,
  deepEqual: deepStrictEqual,
  notDeepEqual: notDeepStrictEqual,
};

type Callable<M> = ((value: unknown, message?: Message) => asserts value) & M & { readonly strict: unknown };

export const strict: Callable<typeof methods> = Object.assign(
  (value: unknown, message?: Message) => ok(value, message),
  {
    ...strictMethods,
    strict: undefined as unknown,
  },
);
Object.assign(strict, { strict });

const assert: Callable<typeof methods> = Object.assign((value: unknown, message?: Message) => ok(value, message), {
  ...methods,
  strict,
});

export default assert;
