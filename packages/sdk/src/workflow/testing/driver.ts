/** One run in a realm of tests: jobs in, commands out, both as tests write them. */
import { encodeValues } from '../runtime/values.js';
import { defaultFailureConverter } from '../../conversion/failure-converter.js';
import { defaultPayloadConverter } from '../../conversion/default-payload-converter.js';
import { arrayFromPayloads } from '../../conversion/payload-converter.js';
import { payloadsFromBytes } from '../../conversion/payload.js';
import { failureFromBytes, failureToBytes } from '../../conversion/proto-failure.js';
import type { ProtoFailure } from '../../conversion/proto-failure.js';
import type { Activation, Job, WorkflowCommand } from '../../replay/contract.js';
import type { RealmHost, RealmOptions, RunSetup, SinkCall } from '../runtime/contract.js';
import { bundleWorkflows, TestRealm } from './realm-host.js';
import { lineOf } from './twin/our-side.js';

const SETUP: RunSetup = {
  runId: '0193a1b2-0000-7000-8000-000000000001',
  workflowId: 'test-workflow',
  workflowType: 'main',
  namespace: 'default',
  taskQueue: 'queue',
  showStackTraceSources: true,
};

const conversion = {
  converter: defaultPayloadConverter,
  context: { type: 'workflow', namespace: SETUP.namespace, workflowId: SETUP.workflowId },
} as const;

export function encode(...values: unknown[]): Uint8Array | undefined {
  return encodeValues(conversion, values);
}

export function decode(bytes: Uint8Array | undefined): unknown {
  return arrayFromPayloads(defaultPayloadConverter, payloadsFromBytes(bytes))[0];
}

export function encodeError(error: Error): Uint8Array {
  return failureToBytes(defaultFailureConverter.errorToFailure(error, defaultPayloadConverter));
}

/** What one activation did. */
export interface Outcome {
  /** The commands, one line each; see `lineOf`. */
  readonly lines: readonly string[];
  readonly commands: readonly WorkflowCommand[];
  /** The task failed with it. */
  readonly failure: ProtoFailure | undefined;
  readonly usedFlags: readonly number[];
  readonly versioningBehavior?: string | undefined;
  readonly sinkCalls: readonly SinkCall[];
  /** `level: message` of each call of the log. */
  readonly logs: readonly string[];
}

export interface RunOptions {
  readonly setup?: Partial<RunSetup>;
  readonly realm?: RealmOptions;
  readonly host?: Partial<RealmHost>;
}

/** Source of a module of workflows; `main` is the one that runs. `wf` is the API, `trace` a list that tests can read. */
export async function bundle(source: string): Promise<string> {
  return bundleWorkflows({
    source: `import * as wf from 'perdure/workflow';\nconst trace = (globalThis.trace = []);\n${source}`,
  });
}

export class TestRun {
  readonly world: TestRealm;
  readonly #setup: RunSetup;
  isReplaying = false;
  runtimeFlags: readonly number[] = [];
  buildId = '';
  nowMs = 1_700_000_000_000;
  #historyLength = 0;

  constructor(code: string, { setup, realm, host }: RunOptions = {}) {
    this.#setup = { ...SETUP, ...setup };
    this.world = new TestRealm(code, realm, host);
    this.world.realm.createRun(this.#setup);
  }

  /** What the code has put into `trace` since the last call. */
  takeTrace(): unknown[] {
    return [...(this.world.global('trace') as unknown[]).splice(0)];
  }

  start(args: readonly unknown[] = [], ...jobs: Job[]): Outcome {
    return this.startWith({ input: encode(...args) }, ...jobs);
  }

  /** `attributes` of the event that starts a run. */
  startWith(attributes: object, ...jobs: Job[]): Outcome {
    const started = { attempt: 1, firstExecutionRunId: this.#setup.runId, ...attributes } as never;
    const { workflowId } = this.#setup;
    const initialize: Job = {
      kind: 'initialize',
      workflowId,
      randomnessSeed: 42n,
      startTimeMs: this.nowMs,
      attributes: started,
    };
    return this.activate(initialize, ...jobs);
  }

  activate(...jobs: Job[]): Outcome {
    this.#historyLength += 3;
    this.nowMs += 1000;
    const isQueries = jobs.every(({ kind }) => kind === 'query');
    const activation: Activation = {
      runId: this.#setup.runId,
      timestampMs: this.nowMs,
      isReplaying: this.isReplaying || isQueries,
      historyLength: this.#historyLength,
      historySizeBytes: 100 * this.#historyLength,
      continueAsNewSuggested: false,
      continueAsNewReasons: [],
      runtimeFlags: this.runtimeFlags,
      lastSdkName: '',
      lastSdkVersion: '',
      buildId: this.buildId,
      deploymentName: '',
      jobs,
    };
    const { completion, sinkCalls } = this.world.activate(activation);
    const logs = sinkCalls
      .filter(({ sink }) => sink === '__temporal_logger')
      .map(({ fn, args }) => `${fn}: ${String(args[0])}`);
    const common = { sinkCalls: [...sinkCalls], logs: [...logs] };
    if (completion.status === 'failed')
      return { ...common, lines: [], commands: [], failure: failureFromBytes(completion.failure), usedFlags: [] };
    const commands = [...completion.commands];
    const usedFlags = [...(completion.usedFlags ?? [])];
    const { versioningBehavior } = completion;
    return { ...common, lines: commands.map(lineOf), commands, failure: undefined, usedFlags, versioningBehavior };
  }

  /** The answer, or the failure's message as an error. */
  query(queryName: string, ...args: unknown[]): unknown {
    const { commands } = this.activate({
      kind: 'query',
      queryId: 'q',
      queryName,
      args: encode(...args),
      header: undefined,
    });
    const [command] = commands;
    if (command?.kind !== 'answerQuery') throw new Error('no answer');
    if (command.answer.status === 'failed') throw new Error(command.answer.message);
    return decode(command.answer.result);
  }
}

/** The value of the command that completes a run. */
export function resultOf({ commands }: Outcome): unknown {
  const last = commands.find(({ kind }) => kind === 'completeWorkflow');
  return last?.kind === 'completeWorkflow' ? decode(last.result) : undefined;
}

/** The failure of the command that fails a run. */
export function failureOf({ commands }: Outcome): ProtoFailure | undefined {
  const last = commands.find(({ kind }) => kind === 'failWorkflow');
  return last?.kind === 'failWorkflow' ? failureFromBytes(last.failure) : undefined;
}

// Jobs

export const fire = (seq: number): Job => ({ kind: 'fireTimer', seq });
export const cancel = (): Job => ({ kind: 'cancelWorkflow', reason: '' });
export const hasPatch = (patchId: string): Job => ({ kind: 'notifyHasPatch', patchId });
export const done = (seq: number, value?: unknown, isLocal = false): Job => ({
  kind: 'resolveActivity',
  seq,
  isLocal,
  result: { status: 'completed', result: encode(value) },
});
export const failed = (seq: number, error: Error, isLocal = false): Job => ({
  kind: 'resolveActivity',
  seq,
  isLocal,
  result: { status: 'failed', failure: encodeError(error) },
});
export const cancelled = (seq: number, error: Error): Job => ({
  kind: 'resolveActivity',
  seq,
  isLocal: false,
  result: { status: 'cancelled', failure: encodeError(error) },
});
export const signal = (signalName: string, ...args: unknown[]): Job => ({
  kind: 'signal',
  signalName,
  input: encode(...args),
  header: undefined,
  identity: '',
});
export const update = (updateName: string, updateId: string, ...args: unknown[]): Job => ({
  kind: 'doUpdate',
  updateId,
  protocolInstanceId: updateId,
  updateName,
  args: encode(...args),
  header: undefined,
  identity: '',
  runValidator: true,
});
export const childStarted = (seq: number, runId = 'child-run'): Job => ({
  kind: 'resolveChildStart',
  seq,
  result: { status: 'started', runId },
});
export const childDone = (seq: number, value?: unknown): Job => ({
  kind: 'resolveChild',
  seq,
  result: { status: 'completed', result: encode(value) },
});
