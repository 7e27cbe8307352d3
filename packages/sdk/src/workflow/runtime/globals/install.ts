/** Puts the globals of workflow code into the realm: replaces, adds, removes, freezes. Once, before any workflow code runs. */
import { AbortController, AbortSignal } from './abort.js';
import { atob, btoa } from './base64.js';
import { clockMs } from './clock.js';
import { createConsole } from './console.js';
import { createDate } from './date.js';
import { DOMException, QuotaExceededError } from './dom-exception.js';
import { CustomEvent, Event, EventTarget } from './event-target.js';
import { freezeShared } from './freeze.js';
import { installIntl } from './intl.js';
import { defineMethods, defineTag, defineValue } from './methods.js';
import { createCrypto, installRandom } from './random.js';
import { REFUSED_WHEN_CALLED, refuse } from './refuse.js';
import { prepareRunGlobals } from './run-global.js';
import { installStacks } from './stacks.js';
import { structuredClone } from './structured-clone.js';
import { GLOBALS } from './table.js';
import { installTemporal } from './temporal.js';
import { TextDecoder, TextEncoder } from './text-encoding.js';
import { queueMicrotask, timers } from './timers.js';
import { URLSearchParams } from './url-search-params.js';
import { createUrl } from './url.js';
import type { UrlHost } from './url.js';
import { FinalizationRegistry, WeakRef } from './weak.js';

export interface GlobalsHost extends UrlHost {
  mapStack(stack: string): string;
}

/** `shared`: modules that all runs see; they are frozen with the rest. */
export function installGlobals(host: GlobalsHost, shared: readonly object[]): void {
  installRandom();
  installIntl();
  installTemporal();
  installStacks((stack) => host.mapStack(stack));
  refuseRegExpStatics();
  const added: Readonly<Record<string, unknown>> = {
    Date: createDate(),
    ...createCrypto(),
    ...timers,
    ...refusing(),
    performance: createPerformance(),
    console: createConsole(),
    URL: createUrl(host),
    ...{ queueMicrotask, structuredClone, atob, btoa, AbortController, AbortSignal, CustomEvent, DOMException, Event },
    ...{ EventTarget, FinalizationRegistry, QuotaExceededError, TextDecoder, TextEncoder, URLSearchParams, WeakRef },
  };
  for (const [name, value] of Object.entries(added)) {
    // Bundling gave some of them another name.
    if (typeof value === 'function') Object.defineProperty(value, 'name', { value: name, configurable: true });
    defineValue(globalThis, name, value);
  }
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const isKept = GLOBALS.has(name) && (GLOBALS.get(name) !== 'refused' || Object.hasOwn(added, name));
    if (!isKept) Reflect.deleteProperty(globalThis, name);
  }
  const template = prepareRunGlobals();
  freezeShared([...shared, template]);
  freezeGlobal();
}

/** A global object with interceptors cannot be frozen; its code is strict, which never sees it. */
function freezeGlobal(): void {
  try {
    Object.freeze(globalThis);
  } catch {
    Object.preventExtensions(globalThis);
  }
}

function refusing(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(REFUSED_WHEN_CALLED).map(([name, advice]) => [
      name,
      { [name]: (..._: unknown[]): never => refuse(name, advice) }[name],
    ]),
  );
}

/** Counts from the epoch, so that `timeOrigin + now()` is the workflow's time. */
function createPerformance(): object {
  const performance = {};
  defineMethods(performance, {
    now: () => clockMs(),
    toJSON: () => ({ timeOrigin: 0 }),
    mark: () => refuse('performance.mark', 'time is measured in activities. Use `performance.now()`.'),
    measure: () => refuse('performance.measure', 'time is measured in activities. Use `performance.now()`.'),
  });
  defineValue(performance, 'timeOrigin', 0);
  defineTag(performance, 'Performance');
  return performance;
}

/** `RegExp.$1` and the like tell of the last match in the realm, which may be another run's. */
function refuseRegExpStatics(): void {
  for (const key of Object.getOwnPropertyNames(RegExp)) {
    if (!/^(?:\$.|input|lastMatch|lastParen|leftContext|rightContext)$/.test(key)) continue;
    const stop = (): never =>
      refuse(
        `RegExp.${key}`,
        'it tells of a match that may be of another workflow. Use what exec() or match() returns.',
      );
    Object.defineProperty(RegExp, key, { configurable: true, get: stop, set: stop });
  }
}
