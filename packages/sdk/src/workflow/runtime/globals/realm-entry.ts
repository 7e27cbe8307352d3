/**
 * What the sandbox evaluates once in each realm. The host calls `enter` and holds what it returns; all that workflow code
 * ever sees is made in here.
 */
import { messageOf } from '../../../conversion/error-class.js';
import * as converter from '../../../conversion/index.js';
import { defaultFailureConverter } from '../../../conversion/failure-converter.js';
import { defaultPayloadConverter } from '../../../conversion/default-payload-converter.js';
import { failureToBytes } from '../../../conversion/proto-failure.js';
import type { Activation } from '../../../replay/contract.js';
import * as workflow from '../../api/index.js';
import type { Concluded, RealmOptions, RunModules, RunSetup } from '../contract.js';
import { createRealm } from '../realm.js';
import { copyData } from './copy-data.js';
import { installGlobals } from './install.js';
import type { GlobalsHost } from './install.js';
import { propertyOf } from './methods.js';
import { adviseOn, refuse } from './refuse.js';
import { createRunGlobal } from './run-global.js';
import { createRecord, forgetRecord, recordOf, setCurrentRecord } from './run-record.js';
import { resetStacks } from './stacks.js';

/** The host's functions. What they throw is caught in here, what they return is text or what was given to them. */
export interface HostPort extends GlobalsHost {
  getAsync(): unknown;
  runAsync(value: unknown, fn: () => void): void;
  sourceOf(path: string): string | undefined;
}

/** Called by the host; data that it gives is copied. */
export interface RealmPort {
  /** The user's code: a function made in this realm, called once for each run. */
  setBundle(evaluate: EvaluateBundle): void;
  createRun(setup: RunSetup): void;
  begin(activation: Activation): void;
  step(): boolean;
  conclude(): Concluded;
  destroyRun(runId: string): void;
  /** Ends an activation that cannot be concluded. */
  abandon(): void;
  /** An encoded Failure for something that was thrown. */
  encodeError(error: unknown): Uint8Array;
  /** The same for the reason of a promise that nobody handles. */
  encodeRejection(reason: unknown): Uint8Array;
  /** Whether the promise was made in here. */
  owns(promise: unknown): boolean;
  /** Names of the workflows, by evaluating the bundle once for no run. Throws what the code throws. */
  workflowTypes(): string[];
}

/** `give` takes what the bundle exports; `importShared` gives an export of a module of the realm. */
export type EvaluateBundle = (
  globalThis: object,
  give: (modules: RunModules) => void,
  importShared: (module: string, name: string) => unknown,
) => void;

export function enter(host: HostPort, options: RealmOptions): RealmPort {
  const modules = new Map<string, object>([
    ['perdure/workflow', { ...workflow }],
    ['perdure/converter', { ...converter }],
  ]);
  installGlobals(host, [...modules.values()]);
  let evaluate: EvaluateBundle | undefined;
  const load = (runId: string): RunModules => {
    const global = createRunGlobal();
    const record = recordOf(runId);
    if (record !== undefined) record.global = global;
    return evaluateFor(global, evaluate, modules);
  };
  const realm = createRealm(
    { asyncContext: asyncContext(host), sourceOf: (path) => host.sourceOf(path) },
    load,
    copyData(options),
  );
  return {
    setBundle: (next) => (evaluate = next),
    createRun(setup) {
      createRecord(setup.runId);
      realm.createRun(copyData(setup));
    },
    begin(activation) {
      setCurrentRecord(activation.runId);
      resetStacks();
      realm.begin(copyData(activation));
    },
    step: () => realm.step(),
    conclude() {
      try {
        return realm.conclude();
      } finally {
        setCurrentRecord(undefined);
      }
    },
    destroyRun(runId) {
      realm.destroyRun(runId);
      forgetRecord(runId);
    },
    abandon() {
      try {
        realm.conclude();
      } catch {
        // There was nothing to conclude.
      } finally {
        setCurrentRecord(undefined);
      }
    },
    encodeError,
    encodeRejection: (reason) => encodeError(unhandled(reason)),
    owns: (promise) => promise instanceof Promise,
    workflowTypes: () => namesOf(evaluateFor(createRunGlobal(), evaluate, modules).workflows),
  };
}

function encodeError(error: unknown): Uint8Array {
  return failureToBytes(defaultFailureConverter.errorToFailure(error, defaultPayloadConverter));
}

function unhandled(reason: unknown): Error {
  adviseOn(reason);
  const text = `A promise was rejected and nothing handled it: ${messageOf(reason)}. Await the promise, or give it a catch().`;
  return Object.assign(new Error(text, { cause: reason }), { name: 'UnhandledRejectionError' });
}

function evaluateFor(
  global: object,
  evaluate: EvaluateBundle | undefined,
  modules: ReadonlyMap<string, object>,
): RunModules {
  let given: RunModules | undefined;
  evaluate?.(
    global,
    (next) => (given = next),
    (module, name) => {
      const shared = modules.get(module);
      if (shared !== undefined && Object.hasOwn(shared, name)) return propertyOf(shared, name);
      return refuse(
        `${name} of ${module}`,
        "the worker has a version of perdure without it. Bundle with the worker's version.",
      );
    },
  );
  if (given === undefined)
    throw new Error('The workflow bundle exports nothing: it was not made by bundleWorkflowCode');
  return given;
}

function namesOf(workflows: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(workflows).filter((name) => name !== 'default' && typeof workflows[name] === 'function');
}

/** Errors pass through variables, for what a host function throws is the host's, an overflow of the stack for one. */
function asyncContext(host: HostPort): { get(): unknown; run<T>(value: unknown, fn: () => T): T } {
  return {
    get: () => host.getAsync(),
    run<T>(value: unknown, fn: () => T): T {
      let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
      try {
        host.runAsync(value, () => {
          try {
            outcome = { value: fn() };
          } catch (error) {
            outcome = { error };
          }
        });
      } catch {
        outcome ??= { error: new RangeError('Maximum call stack size exceeded') };
      }
      if (outcome === undefined) throw new RangeError('Maximum call stack size exceeded');
      if ('error' in outcome) throw outcome.error;
      return outcome.value;
    },
  };
}
