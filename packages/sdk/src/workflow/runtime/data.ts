/** Values as plain data that can be copied into another thread. */

const MAX_DEPTH = 8;

/** A copy of now. Functions and symbols become text, errors keep message, stack and cause, what is deeper than 8 levels is cut. */
export function toData(value: unknown): unknown {
  return copy(value, 0);
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value === 'function') return `[function ${value.name}]`;
  if (typeof value === 'symbol') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[…]';
  if (value instanceof Error) return copyError(value, depth);
  if (value instanceof Date) return new Date(value.getTime());
  if (ArrayBuffer.isView(value)) return value instanceof Uint8Array ? value.slice() : `[${value.constructor.name}]`;
  if (Array.isArray(value)) return value.map((entry) => copy(entry, depth + 1));
  if (value instanceof Map)
    return new Map([...value].map(([key, entry]) => [copy(key, depth + 1), copy(entry, depth + 1)]));
  if (value instanceof Set) return new Set([...value].map((entry) => copy(entry, depth + 1)));
  if (hasToJson(value)) return copy(value.toJSON(), depth + 1);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, copy(entry, depth + 1)]));
}

function copyError(error: Error, depth: number): Error {
  const copied = new Error(error.message);
  const keep = (name: string, value: unknown): void => {
    Object.defineProperty(copied, name, { value, configurable: true, writable: true });
  };
  keep('name', error.name);
  keep('stack', error.stack);
  if (error.cause !== undefined) keep('cause', copy(error.cause, depth + 1));
  return copied;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}
