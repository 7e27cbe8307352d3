/** The official runtime, where conformance has installed it: driven as its worker drives it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import { build } from 'esbuild';
import { failureFromBytes } from '../../../conversion/proto-failure.js';
import { payloadsFromBytes } from '../../../conversion/payload.js';
import type { Activation, Job, Resolution } from '../../../replay/contract.js';
import { RUN } from './side.js';
import type { Outcome, Side } from './side.js';

const MODULES = join(import.meta.dirname, '../../../../../../conformance/node_modules');
const LIB = join(MODULES, '@temporalio/workflow/lib');

export const isInstalled = existsSync(LIB);

export async function bundleOfficial(program: string): Promise<vm.Script> {
  const contents = `
    require(${JSON.stringify(join(LIB, 'global-overrides.js'))}).overrideGlobals();
    const api = require(${JSON.stringify(join(LIB, 'worker-interface.js'))});
    const workflows = require(${JSON.stringify(program)});
    globalThis.__TEMPORAL__ = { api, importWorkflows: () => workflows, importInterceptors: () => [] };
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: MODULES },
    bundle: true,
    format: 'iife',
    target: 'es2023',
    write: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'official',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /api\/index\.js$/ }, () => ({ path: join(LIB, 'index.js') }));
          onResolve({ filter: /^__temporal_custom_/ }, ({ path }) => ({ path, namespace: 'none' }));
          onLoad({ filter: /./, namespace: 'none' }, () => ({ contents: 'module.exports = {};' }));
        },
      },
    ],
  });
  return new vm.Script(outputFiles[0]!.text);
}

interface Activator {
  now: number;
  info: Record<string, unknown> & { unsafe: Record<string, unknown> };
  mutateWorkflowInfo(change: (info: Activator['info']) => Activator['info']): void;
  addKnownFlags(flags: readonly number[]): void;
  hasFlag(flag: { id: number; default: boolean }): boolean;
  notifyHasPatch(job: object): void;
  updateRandomSeed(job: object): void;
}

type Plain = Record<string, unknown>;

export class OfficialSide implements Side {
  readonly #context: vm.Context;

  constructor(script: vm.Script) {
    this.#context = vm.createContext({ AsyncLocalStorage, trace: [] }, { microtaskMode: 'afterEvaluate' });
    script.runInContext(this.#context);
  }

  async activate(activation: Activation): Promise<Outcome> {
    const { jobs } = activation;
    try {
      const initialize = jobs.find((job) => job.kind === 'initialize');
      if (initialize !== undefined) this.#create(initialize.randomnessSeed, activation.timestampMs);
      const queries = jobs.every(({ kind }) => kind === 'query');
      const commands = queries ? this.#answer(activation) : this.#work(activation);
      return { commands, trace: this.#takeTrace() };
    } catch (error) {
      return { commands: [`failed: ${(error as Error).message}`], trace: this.#takeTrace() };
    }
  }

  #takeTrace(): string[] {
    return [...(this.#context['trace'] as string[]).splice(0)];
  }

  get #activator(): Activator {
    return this.#context['__TEMPORAL_ACTIVATOR__'] as Activator;
  }

  /** Calls into the realm; its microtasks run behind it. */
  #call(fn: string, ...args: unknown[]): unknown {
    this.#context['callArgs'] = args;
    return vm.runInContext(`__TEMPORAL__.api.${fn}(...callArgs)`, this.#context);
  }

  #create(seed: bigint, now: number): void {
    this.#call('initRuntime', {
      info: { ...RUN, unsafe: { isReplaying: false }, searchAttributes: {}, originalExecutionRunId: RUN.runId },
      randomnessSeed: [...bigEndian(seed)],
      now,
      showStackTraceSources: false,
      getTimeOfDay: () => 0n,
      registeredActivityNames: new Set(['l1']),
      stackTracesEnabled: false,
    });
  }

  #work(activation: Activation): string[] {
    const activator = this.#activator;
    activator.now = activation.timestampMs;
    this.#replaying(activation.isReplaying, activation.isReplaying);
    activator.addKnownFlags(activation.runtimeFlags);
    const jobs = activation.jobs.map(officialJob);
    const initialize = jobs.find(({ variant }) => variant === 'initializeWorkflow');
    if (initialize !== undefined) this.#call('initialize', initialize['initializeWorkflow']);
    const isSingle =
      !jobs.some(({ variant }) => variant === 'signalWorkflow') || activator.hasFlag({ id: 2, default: true });
    const batches = isSingle
      ? [this.#withoutEarly(jobs, ['notifyHasPatch', 'updateRandomSeed'])]
      : this.#split(this.#withoutEarly(jobs, ['notifyHasPatch']));
    for (const [batchIndex, batch] of batches.entries()) {
      this.#call('activate', { jobs: batch }, batchIndex);
      while ((this.#call('tryUnblockConditions') as number) > 0);
    }
    return this.#conclude();
  }

  #withoutEarly(jobs: Plain[], early: readonly string[]): Plain[] {
    const activator = this.#activator;
    return jobs.filter((job) => {
      const variant = job['variant'] as 'notifyHasPatch' | 'updateRandomSeed';
      if (!early.includes(variant)) return true;
      activator[variant](job[variant] as object);
      return false;
    });
  }

  #split(jobs: Plain[]): Plain[][] {
    const isSignal = ({ variant }: Plain): boolean => variant === 'signalWorkflow';
    return [jobs.filter(isSignal), jobs.filter((job) => !isSignal(job))].filter((batch) => batch.length > 0);
  }

  #answer(activation: Activation): string[] {
    this.#replaying(true, false);
    this.#call('activate', { jobs: activation.jobs.map(officialJob) });
    return this.#conclude();
  }

  #replaying(isReplaying: boolean, isReplayingHistoryEvents: boolean): void {
    this.#activator.mutateWorkflowInfo((info) => ({
      ...info,
      unsafe: { ...info.unsafe, isReplaying, isReplayingHistoryEvents },
    }));
  }

  #conclude(): string[] {
    const { successful } = this.#call('concludeActivation') as { successful: { commands: Plain[] } };
    return Array.from(successful.commands, lineOf);
  }
}

function* bigEndian(seed: bigint): Iterable<number> {
  for (let shift = 56n; shift >= 0n; shift -= 8n) yield Number((seed >> shift) & 0xffn);
}

function officialJob(job: Job): Plain {
  switch (job.kind) {
    case 'initialize':
      return variant('initializeWorkflow', { arguments: payloadsFromBytes(job.attributes.input), headers: {} });
    case 'notifyHasPatch':
      return variant('notifyHasPatch', { patchId: job.patchId });
    case 'updateRandomSeed':
      return variant('updateRandomSeed', {
        randomnessSeed: { toBytes: () => [...bigEndian(job.randomnessSeed)] },
      });
    case 'signal':
      return variant('signalWorkflow', {
        signalName: job.signalName,
        input: payloadsFromBytes(job.input),
        headers: {},
      });
    case 'doUpdate':
      return variant('doUpdate', {
        id: job.updateId,
        protocolInstanceId: job.protocolInstanceId,
        name: job.updateName,
        input: payloadsFromBytes(job.args),
        headers: {},
        runValidator: job.runValidator,
      });
    case 'cancelWorkflow':
      return variant('cancelWorkflow', {});
    case 'fireTimer':
      return variant('fireTimer', { seq: job.seq });
    case 'resolveActivity':
      return variant('resolveActivity', { seq: job.seq, result: resolution(job.result) });
    case 'resolveChildStart':
      return variant('resolveChildWorkflowExecutionStart', { seq: job.seq, ...childStart(job.result) });
    case 'resolveChild':
      return variant('resolveChildWorkflowExecution', { seq: job.seq, result: resolution(job.result) });
    case 'resolveSignalExternal':
      return variant('resolveSignalExternalWorkflow', { seq: job.seq, failure: failure(job.failure) });
    case 'resolveCancelExternal':
      return variant('resolveRequestCancelExternalWorkflow', { seq: job.seq, failure: failure(job.failure) });
    case 'query':
      return variant('queryWorkflow', {
        queryId: job.queryId,
        queryType: job.queryName,
        arguments: payloadsFromBytes(job.args),
        headers: {},
      });
  }
}

function variant(name: string, value: Plain): Plain {
  return { variant: name, [name]: value };
}

function failure(bytes: Uint8Array | undefined): unknown {
  return bytes && failureFromBytes(bytes);
}

function resolution(result: Resolution): Plain {
  switch (result.status) {
    case 'completed':
      return { completed: { result: payloadsFromBytes(result.result)?.[0] } };
    case 'failed':
      return { failed: { failure: failure(result.failure) } };
    case 'cancelled':
      return { cancelled: { failure: failure(result.failure) } };
    case 'backoff': {
      const { attempt, backoffMs } = result;
      const backoffDuration = {
        seconds: { toNumber: () => 0, mul: () => ({ add: () => ({ toNumber: () => backoffMs }) }) },
      };
      return { backoff: { attempt, backoffDuration } };
    }
  }
}

function childStart(result: Extract<Job, { kind: 'resolveChildStart' }>['result']): Plain {
  switch (result.status) {
    case 'started':
      return { succeeded: { runId: result.runId } };
    case 'failed':
      return { failed: { workflowId: result.workflowId, workflowType: result.workflowType, cause: result.cause } };
    case 'cancelled':
      return { cancelled: { failure: failure(result.failure) } };
  }
}

const ACTIVITY_CANCELLATIONS = ['tryCancel', 'waitCompleted', 'abandon'];
const CHILD_CANCELLATIONS = ['abandon', 'tryCancel', 'waitCompleted', 'waitRequested'];

function lineOf(command: Plain): string {
  const [kind] = Object.keys(command).filter((key) => key !== 'userMetadata' && key !== 'eventGroupMarkers');
  const body = (kind === undefined ? {} : command[kind]) as Plain;
  const seq = String(body['seq']);
  switch (kind) {
    case 'startTimer':
      return `startTimer ${seq} ${durationMs(body['startToFireTimeout'])}`;
    case 'scheduleActivity': {
      const cancellation = ACTIVITY_CANCELLATIONS[(body['cancellationType'] as number | undefined) ?? 0];
      return `scheduleActivity ${seq} ${String(body['activityId'])} ${String(body['activityType'])} ${cancellation}`;
    }
    case 'scheduleLocalActivity':
      return `scheduleLocalActivity ${seq} ${String(body['activityId'])} ${String(body['activityType'])} ${String(body['attempt'])}`;
    case 'startChildWorkflowExecution': {
      const cancellation = CHILD_CANCELLATIONS[body['cancellationType'] as number];
      return `startChild ${seq} ${String(body['workflowId'])} ${String(body['workflowType'])} ${cancellation}`;
    }
    case 'signalExternalWorkflowExecution': {
      const child = body['childWorkflowId'];
      const { workflowId } = (body['workflowExecution'] ?? { workflowId: child }) as { workflowId: string };
      return `signalExternal ${seq} ${String(body['signalName'])} ${workflowId} ${child !== undefined}`;
    }
    case 'requestCancelExternalWorkflowExecution':
      return `cancelExternal ${seq} ${(body['workflowExecution'] as { workflowId: string }).workflowId}`;
    case 'setPatchMarker':
      return `setPatch ${String(body['patchId'])} ${String(body['deprecated'])}`;
    case 'updateResponse': {
      const status = Object.keys(body).find((key) => key !== 'protocolInstanceId');
      return `respondUpdate ${String(body['protocolInstanceId'])} ${status}`;
    }
    case 'respondToQuery':
      return `answerQuery ${String(body['queryId'])} ${'succeeded' in body ? 'answered' : 'failed'}`;
    case 'failWorkflowExecution':
      return `failWorkflow ${(body['failure'] as { message: string }).message}`;
    case 'cancelChildWorkflowExecution':
      return `cancelChild ${String(body['childWorkflowSeq'])}`;
    default:
      return PLAIN[kind ?? '']?.(seq) ?? `unknown ${kind}`;
  }
}

const PLAIN: Readonly<Record<string, (seq: string) => string>> = {
  cancelTimer: (seq) => `cancelTimer ${seq}`,
  requestCancelActivity: (seq) => `cancelActivity ${seq}`,
  requestCancelLocalActivity: (seq) => `cancelLocalActivity ${seq}`,
  cancelSignalWorkflow: (seq) => `cancelSignal ${seq}`,
  completeWorkflowExecution: () => 'completeWorkflow',
  cancelWorkflowExecution: () => 'cancelWorkflow',
  continueAsNewWorkflowExecution: () => 'continueAsNew',
};

function durationMs(duration: unknown): number {
  const { seconds, nanos } = duration as { seconds: { toNumber(): number } | number; nanos: number };
  return (typeof seconds === 'number' ? seconds : seconds.toNumber()) * 1000 + nanos / 1_000_000;
}
