/** Arguments of sinks, which are the user's own: what cannot be data becomes text. */

const DEPTH_MAX = 20;

export function copyOut(value: unknown, depth = 0): unknown {
  try {
    return copy(value, depth);
  } catch (error) {
    return `[unreadable: ${String(error)}]`;
  }
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value === 'function') return `[Function: ${value.name}]`;
  if (typeof value === 'symbol') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) return '[too deep]';
  const next = (inner: unknown): unknown => copy(inner, depth + 1);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value as Uint8Array);
  switch (Object.prototype.toString.call(value)) {
    case '[object Array]':
      return Array.from(value as readonly unknown[], next);
    case '[object Date]':
      return new Date(Number(value));
    case '[object Map]':
      return new Map(Array.from(value as ReadonlyMap<unknown, unknown>, ([key, item]) => [next(key), next(item)]));
    case '[object Set]':
      return new Set(Array.from(value as ReadonlySet<unknown>, next));
    case '[object Error]':
      return copyError(value as Error, depth);
    default:
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, next(item)]));
  }
}

function copyError(value: Error, depth: number): Error {
  const { name, message, stack } = value;
  const error = new Error(String(message), 'cause' in value ? { cause: copyOut(value.cause, depth + 1) } : undefined);
  error.name = String(name);
  if (stack !== undefined) error.stack = String(stack);
  return error;
}
