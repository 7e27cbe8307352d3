/**
 * Freezes what all runs of a realm share, so that none can change it under another: the language's own objects and the
 * modules of the runtime. Code that assigns `toString`, `name` or `constructor` to its own objects goes on working: what it
 * inherits under these names becomes an accessor, because an inherited frozen value would forbid the assignment.
 */
import { propertyOf } from './methods.js';

/** Everything that can be reached from the global object, from what syntax makes, and from `more`. */
export function freezeShared(more: readonly object[]): void {
  const graph = reachable([...Object.values(Object.getOwnPropertyDescriptors(globalThis)), ...hidden(), ...more]);
  graph.delete(globalThis);
  for (const owner of graph) repair(owner, namesToRepair(owner, graph));
  // Accessors that the repair made are new objects.
  for (const item of reachable([...graph])) {
    if (item === globalThis) continue;
    if (item === Error) freezeError();
    else if (ArrayBuffer.isView(item)) Object.preventExtensions(item);
    else Object.freeze(item);
  }
}

const ERROR_NAMES = ['constructor', 'name', 'message', 'toString'];
const OBJECT_NAMES = ['constructor', 'toString', 'toLocaleString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'];
const OWNERS = new Map<object, readonly string[]>([
  [Object.prototype, [...OBJECT_NAMES, 'propertyIsEnumerable']],
  [Function.prototype, ['constructor', 'toString', 'name']],
  [Array.prototype, ['toString', 'toLocaleString', 'push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse']],
]);

/** Names that code assigns to objects which inherit from this one. */
function namesToRepair(owner: object, graph: ReadonlySet<object>): readonly string[] {
  const known = OWNERS.get(owner);
  if (known !== undefined) return known;
  const isError = owner === Error.prototype || Object.prototype.isPrototypeOf.call(Error.prototype, owner);
  return isError && isPrototype(owner, graph) ? ERROR_NAMES : [];
}

function isPrototype(owner: object, graph: ReadonlySet<object>): boolean {
  const constructor = Object.getOwnPropertyDescriptor(owner, 'constructor')?.value as unknown;
  return typeof constructor === 'function' && graph.has(constructor);
}

function repair(owner: object, names: readonly string[]): void {
  for (const name of names) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    if (descriptor === undefined || !('value' in descriptor) || descriptor.configurable !== true) continue;
    const value: unknown = descriptor.value;
    Object.defineProperty(owner, name, {
      enumerable: descriptor.enumerable === true,
      configurable: false,
      ...accessors(owner, name, value),
    });
  }
}

function accessors(owner: object, name: string, value: unknown): PropertyDescriptor {
  return {
    get: () => value,
    set(this: unknown, next: unknown): void {
      if (this === owner || typeof this !== 'object' ? typeof this !== 'function' || this === owner : this === null) {
        throw new TypeError(`Cannot assign to '${name}' of an object that all workflows of this worker share`);
      }
      Object.defineProperty(this, name, { value: next, writable: true, enumerable: true, configurable: true });
    },
  };
}

/** Libraries set how long stacks are; the runtime resets it for each activation. */
function freezeError(): void {
  for (const key of Reflect.ownKeys(Error)) {
    const descriptor = Object.getOwnPropertyDescriptor(Error, key);
    if (descriptor === undefined) continue;
    const isLimit = key === 'stackTraceLimit';
    Object.defineProperty(Error, key, {
      configurable: false,
      ...('value' in descriptor ? { writable: isLimit } : {}),
    });
  }
  Object.preventExtensions(Error);
}

function reachable(roots: readonly unknown[]): Set<object> {
  const found = new Set<object>();
  const open: unknown[] = [...roots];
  while (open.length > 0) {
    const item = open.pop();
    if ((typeof item !== 'object' && typeof item !== 'function') || item === null || found.has(item)) continue;
    found.add(item);
    open.push(Object.getPrototypeOf(item));
    for (const key of Reflect.ownKeys(item)) {
      const descriptor = Object.getOwnPropertyDescriptor(item, key);
      if (descriptor !== undefined) open.push(descriptor.value, descriptor.get, descriptor.set);
    }
  }
  return found;
}

/** Objects that only syntax and calls reach. */
function hidden(): unknown[] {
  const iterator = propertyOf(globalThis, 'Iterator');
  const from = typeof iterator === 'function' ? propertyOf(iterator, 'from') : undefined;
  const wrapped: unknown =
    typeof from === 'function' ? Reflect.apply(from, iterator, [{ next: () => ({ done: true }) }]) : undefined;
  const values = [].values();
  const map = propertyOf(values, 'map');
  const segments = new Intl.Segmenter('en').segment('');
  return [
    function* () {},
    async function () {},
    async function* () {},
    values,
    new Map().values(),
    new Set().values(),
    ''[Symbol.iterator](),
    ''.matchAll(/./g),
    segments,
    segments[Symbol.iterator](),
    wrapped,
    typeof map === 'function' ? Reflect.apply(map, values, [() => undefined]) : undefined,
    calleeOf(),
  ];
}

/** The function that strict code meets in `arguments.callee`. */
function calleeOf(): unknown {
  const args = (function (..._: unknown[]): IArguments {
    // eslint-disable-next-line prefer-rest-params
    return arguments;
  })();
  return Object.getOwnPropertyDescriptor(args, 'callee')?.get;
}
