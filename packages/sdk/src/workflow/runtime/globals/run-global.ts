/** `globalThis` of a run: an object of its own that shows the shared globals until code puts something in their place. */
import { defineTag } from './methods.js';

let template: object | undefined;

/** After all globals are in place. */
export function prepareRunGlobals(): object {
  const shared: object = Object.create(Object.prototype) as object;
  for (const key of Reflect.ownKeys(globalThis)) {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, key);
    if (key === 'globalThis' || descriptor === undefined) continue;
    const value: unknown = Reflect.get(globalThis, key);
    Object.defineProperty(shared, key, { configurable: true, get: () => value, set: ownSetter(key) });
  }
  for (const name of ['globalThis', 'global']) {
    Object.defineProperty(shared, name, {
      configurable: true,
      get(this: object) {
        return this;
      },
      set: ownSetter(name),
    });
  }
  defineTag(shared, 'global');
  template = shared;
  return shared;
}

export function createRunGlobal(): object {
  return Object.create(template ?? null) as object;
}

function ownSetter(key: PropertyKey): (this: object, value: unknown) => void {
  return function (this: object, value: unknown): void {
    Object.defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true });
  };
}
