/**
 * A realm: a context of node:vm with the workflow runtime in it, and all its runs. Synchronous; whoever holds it decides in
 * which thread, and looks for code that does not come to an end.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import type { Activation } from '../../replay/contract.js';
import type { Concluded, RealmOptions, RunSetup } from '../../workflow/runtime/contract.js';
import type { enter, EvaluateBundle, RealmPort } from '../../workflow/runtime/globals/realm-entry.js';
import { BUNDLE_FILE } from '../../workflow/runtime/globals/stacks.js';
import { withInlineMap } from './bundle-format.js';
import type { LoadedBundle } from './bundle-format.js';
import { createStackMapper } from './stack-mapper.js';
import type { StackMapper } from './stack-mapper.js';
import { urlHost } from './url-host.js';

export interface VmRealmOptions extends RealmOptions {
  /** Shows source files to a debugger; the code then takes more memory. Default false. */
  readonly debugMode?: boolean | undefined;
}

/** An empty script: running it drains the realm's microtasks. */
const DRAIN = new vm.Script('');

let realmScript: vm.Script | undefined;

export class VmRealm {
  readonly #context: vm.Context;
  readonly #port: RealmPort;
  readonly #debugMode: boolean;
  #mapper: StackMapper = createStackMapper(undefined);

  constructor({ debugMode = false, ...options }: VmRealmOptions = {}) {
    this.#debugMode = debugMode;
    this.#context = createContext();
    const storage = new AsyncLocalStorage<unknown>();
    const { enter: enterRealm } = loadRealmScript().runInContext(this.#context) as { readonly enter: typeof enter };
    this.#port = enterRealm(
      {
        ...urlHost,
        getAsync: () => storage.getStore(),
        runAsync: (value, fn) => storage.run(value, fn),
        mapStack: (stack) => this.#mapper.mapStack(stack),
        sourceOf: (path) => this.#mapper.sourceOf(path),
      },
      options,
    );
    this.#drain();
  }

  /** Compiles the user's code; it is evaluated for each run. Throws a SyntaxError when it cannot be. */
  loadBundle(bundle: LoadedBundle): void {
    const script = new vm.Script(this.#debugMode ? withInlineMap(bundle) : bundle.script, { filename: BUNDLE_FILE });
    this.#mapper = createStackMapper(bundle.sourceMap);
    this.#port.setBundle(script.runInContext(this.#context) as EvaluateBundle);
  }

  /** Names of the workflows. Evaluates the bundle for no run; undefined when its code does not work without one. */
  workflowTypes(): string[] | undefined {
    try {
      return Array.from(this.#port.workflowTypes());
    } catch {
      return undefined;
    } finally {
      this.#drain();
    }
  }

  createRun(setup: RunSetup): void {
    this.#port.createRun(setup);
  }

  /** What it returns was made inside. Throws only when the runtime itself is broken; the run must not go on then. */
  activate(activation: Activation): Concluded {
    const port = this.#port;
    port.begin(activation);
    this.#drain();
    while (port.step()) this.#drain();
    this.#drain();
    const concluded = port.conclude();
    this.#drain();
    return concluded;
  }

  destroyRun(runId: string): void {
    this.#port.destroyRun(runId);
  }

  /** After `activate` threw: no run is the current one. */
  abandon(): void {
    this.#port.abandon();
    this.#drain();
  }

  /** An encoded Failure for what was thrown. */
  encodeError(error: unknown): Uint8Array {
    return new Uint8Array(this.#port.encodeError(error));
  }

  /** An encoded Failure for the reason of a promise that was rejected and that nobody handles. */
  encodeRejection(reason: unknown): Uint8Array {
    return new Uint8Array(this.#port.encodeRejection(reason));
  }

  /** Whether the promise was made in this realm. */
  owns(promise: unknown): boolean {
    return this.#port.owns(promise);
  }

  #drain(): void {
    DRAIN.runInContext(this.#context);
  }
}

function createContext(): vm.Context {
  // A vanilla global: looked up a hundred times faster than one with interceptors, and it can be frozen.
  const constants = vm.constants as { readonly DONT_CONTEXTIFY?: unknown } | undefined;
  const kind = (constants?.DONT_CONTEXTIFY ?? {}) as vm.Context;
  return vm.createContext(kind, {
    name: 'perdure workflows',
    microtaskMode: 'afterEvaluate',
    codeGeneration: { strings: false, wasm: false },
  });
}

function loadRealmScript(): vm.Script {
  if (realmScript !== undefined) return realmScript;
  const filename = fileURLToPath(new URL('./realm-code.js', import.meta.url));
  realmScript = new vm.Script(readFileSync(filename, 'utf8'), { filename });
  return realmScript;
}
