/** Defining what replaced globals look like: as built-ins do, with properties that are not enumerable. */

export type Method = (this: never, ...args: never[]) => unknown;

/** Puts functions on an object under their names. */
export function defineMethods(target: object, methods: Readonly<Record<string, Method>>): void {
  for (const [name, value] of Object.entries(methods)) defineValue(target, name, value);
}

export function defineValue(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
}

/** `Object.prototype.toString` and inspectors show this name. */
export function defineTag(target: object, tag: string): void {
  Object.defineProperty(target, Symbol.toStringTag, { value: tag, configurable: true });
}

/** A property of an object whose type does not tell of it: what a newer Node has. */
export function propertyOf(target: object, name: PropertyKey): unknown {
  return Reflect.get(target, name);
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** `ToString` of the language, whatever the value is. */
export function toText(value: unknown): string {
  return String(value as string);
}
