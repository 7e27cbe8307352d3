/**
 * `WeakRef` that holds on to its target and `FinalizationRegistry` that never calls back: when memory is freed is not
 * recorded, so code must not see it. What they hold is freed with the run.
 */
import { defineTag } from './methods.js';

export class WeakRef {
  readonly #target: WeakKey;

  constructor(target: WeakKey) {
    requireTarget(target);
    this.#target = target;
  }

  deref(): WeakKey {
    return this.#target;
  }
}
defineTag(WeakRef.prototype, 'WeakRef');

export class FinalizationRegistry {
  constructor(callback: (held: unknown) => void) {
    if (typeof callback !== 'function') throw new TypeError('FinalizationRegistry: cleanup must be callable');
  }

  register(target: WeakKey, _held?: unknown, _token?: WeakKey): void {
    requireTarget(target);
  }

  unregister(_token: WeakKey): boolean {
    return false;
  }
}
defineTag(FinalizationRegistry.prototype, 'FinalizationRegistry');

function requireTarget(target: unknown): void {
  const isObject = (typeof target === 'object' && target !== null) || typeof target === 'function';
  if (!isObject && typeof target !== 'symbol') throw new TypeError('The target must be an object');
}
