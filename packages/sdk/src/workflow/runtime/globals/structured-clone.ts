/** `structuredClone`: a deep copy of data. Buffers named in `transfer` are detached where the platform can. */
import { DOMException } from './dom-exception.js';
import { propertyOf } from './methods.js';

type Copy = (value: unknown) => unknown;
interface Job {
  readonly seen: Map<object, unknown>;
  readonly copy: Copy;
}

export function structuredClone(value: unknown, options?: { readonly transfer?: Iterable<ArrayBuffer> }): unknown {
  const job: Job = { seen: new Map(), copy: (inner) => copyOf(inner, job) };
  const result = job.copy(value);
  for (const buffer of options?.transfer ?? []) {
    const transfer = propertyOf(ArrayBuffer.prototype, 'transfer');
    if (typeof transfer === 'function') Reflect.apply(transfer, buffer, []);
  }
  return result;
}

function copyOf(value: unknown, job: Job): unknown {
  if (typeof value === 'symbol' || typeof value === 'function') throw uncloneable(String(value));
  if (typeof value !== 'object' || value === null) return value;
  const known = job.seen.get(value);
  if (known !== undefined) return known;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return copyBuiltIn(value, tag, job) ?? copyFields(value, job, Array.isArray(value) ? new Array(value.length) : {});
}

/** Undefined for plain objects and arrays. */
function copyBuiltIn(value: object, tag: string, job: Job): unknown {
  const remember = (copy: unknown): unknown => {
    job.seen.set(value, copy);
    return copy;
  };
  if (value instanceof Date) return remember(new Date(value.getTime()));
  if (value instanceof RegExp) return remember(new RegExp(value.source, value.flags));
  if (value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt) {
    return remember(Object((value as { valueOf(): unknown }).valueOf()));
  }
  if (value instanceof ArrayBuffer) return remember(value.slice(0));
  if (ArrayBuffer.isView(value)) return copyView(value, job, remember);
  if (value instanceof Error) return copyError(value, job, remember);
  if (value instanceof Map) {
    const copy = remember(new Map()) as Map<unknown, unknown>;
    for (const [key, item] of [...value]) copy.set(job.copy(key), job.copy(item));
    return copy;
  }
  if (value instanceof Set) {
    const copy = remember(new Set()) as Set<unknown>;
    for (const item of [...value]) copy.add(job.copy(item));
    return copy;
  }
  if (/^(?:Promise|WeakMap|WeakSet|WeakRef|Generator|AsyncGenerator|Symbol)$/.test(tag)) throw uncloneable(`#<${tag}>`);
  return undefined;
}

type ViewClass = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView;

function copyView(value: ArrayBufferView, job: Job, remember: Copy): unknown {
  const buffer = job.copy(value.buffer) as ArrayBuffer;
  const length = (value as { readonly length?: number }).length ?? value.byteLength;
  let prototype: object = Object.getPrototypeOf(value) as object;
  // A view of a subclass becomes one of the built-in class.
  while (propertyOf(globalThis, (prototype.constructor as { name: string }).name) !== prototype.constructor) {
    prototype = Object.getPrototypeOf(prototype) as object;
  }
  return remember(new (prototype.constructor as ViewClass)(buffer, value.byteOffset, length));
}

const ERRORS = new Map<string, ErrorConstructor>(
  [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((type) => [type.name, type]),
);

function copyError(value: Error, job: Job, remember: Copy): unknown {
  if (value instanceof DOMException) return remember(new DOMException(value.message, value.name));
  const copy = new (ERRORS.get(value.name) ?? Error)(value.message);
  remember(copy);
  Object.defineProperty(copy, 'stack', { value: value.stack, writable: true, configurable: true });
  if (Object.hasOwn(value, 'cause')) {
    Object.defineProperty(copy, 'cause', { value: job.copy(value.cause), writable: true, configurable: true });
  }
  return copy;
}

function copyFields(value: object, job: Job, copy: object): object {
  job.seen.set(value, copy);
  for (const key of Object.keys(value)) {
    Object.defineProperty(copy, key, {
      value: job.copy(propertyOf(value, key)),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return copy;
}

function uncloneable(what: string): DOMException {
  return new DOMException(`${what} could not be cloned.`, 'DataCloneError');
}
