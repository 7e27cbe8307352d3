/**
 * `instanceof` that holds across copies of this package: an application may load it twice, as ES module and by `require`, and the
 * workflow sandbox has a copy of its own. A class is known by its name, not by its identity.
 */

type ErrorClass = abstract new (...args: never[]) => Error;

/** Gives a class its `name` and an `instanceof` by that name. Subclasses are told apart as usual, or by a name of their own. */
export function namedErrorClass(errorClass: ErrorClass, name: string): void {
  const brand = Symbol.for(`perdure.error.${name}`);
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true, writable: true });
  Object.defineProperty(errorClass.prototype, brand, { value: true });
  Object.defineProperty(errorClass, Symbol.hasInstance, {
    value(this: ErrorClass, candidate: unknown): boolean {
      if (typeof candidate !== 'object' || candidate === null) return false;
      if (this === errorClass) return (candidate as Record<symbol, unknown>)[brand] === true;
      return Object.prototype.isPrototypeOf.call(this.prototype as object, candidate);
    },
  });
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
