/** One run in a sandbox, driven by hand: what the worker and the replay core do, without them. */
import { Failure, Payloads, WorkflowExecutionStartedEventAttributes } from '@perdure/protocol';
import { defaultPayloadConverter } from '../../../conversion/default-payload-converter.js';
import { payloadFromBytes, payloadToBytes } from '../../../conversion/payload.js';
import type { Activation, Completion, Job, WorkflowCommand } from '../../../replay/contract.js';
import { randomnessSeed } from '../../../replay/seed.js';
import type { SinkCall } from '../../../workflow/runtime/contract.js';
import type { Activated, WorkflowSandbox } from '../contract.js';

export const START_MS = Date.UTC(2031, 4, 6, 7, 8, 9, 10);

let runCount = 0;

export class TestRun {
  readonly runId: string;
  readonly commands: WorkflowCommand[] = [];
  readonly sinkCalls: SinkCall[] = [];
  readonly #sandbox: WorkflowSandbox;
  readonly #workflowType: string;
  readonly #args: readonly unknown[];
  timestampMs = START_MS;
  runBytes = 0;

  constructor(
    sandbox: WorkflowSandbox,
    workflowType: string,
    args: readonly unknown[] = [],
    runId = `run-${++runCount}`,
  ) {
    this.runId = runId;
    this.#sandbox = sandbox;
    this.#workflowType = workflowType;
    this.#args = args;
    sandbox.createRun({
      runId,
      workflowId: `workflow-${runId}`,
      workflowType,
      namespace: 'default',
      taskQueue: 'test',
      showStackTraceSources: false,
    });
  }

  /** The first activation. Throws what `completionOf` throws. */
  start(): Promise<this> {
    return this.activate(this.initializeJob());
  }

  initializeJob(): Job {
    const attributes = WorkflowExecutionStartedEventAttributes.decode(
      WorkflowExecutionStartedEventAttributes.encode({
        workflowType: { name: this.#workflowType },
        input: encode(this.#args),
        originalExecutionRunId: this.runId,
        firstExecutionRunId: this.runId,
        attempt: 1,
      }),
    );
    return {
      kind: 'initialize',
      workflowId: `workflow-${this.runId}`,
      randomnessSeed: randomnessSeed(this.runId),
      startTimeMs: START_MS,
      attributes,
    };
  }

  async activate(...jobs: readonly Job[]): Promise<this> {
    const activated = await this.activated(...jobs);
    const completion = completionOf(activated);
    if (completion.status === 'failed') throw new TaskFailed(completion.failure);
    this.commands.push(...completion.commands);
    return this;
  }

  async activated(...jobs: readonly Job[]): Promise<Activated> {
    const activated = await this.#sandbox.activate(activationOf(this.runId, this.timestampMs, jobs));
    if (activated.kind === 'done') {
      this.sinkCalls.push(...activated.sinkCalls);
      this.runBytes = activated.runBytes;
    }
    return activated;
  }

  /** Time passes and the timer of this number fires. */
  fireTimer(seq: number, elapsedMs = 0): Promise<this> {
    this.timestampMs += elapsedMs;
    return this.activate({ kind: 'fireTimer', seq });
  }

  signal(signalName: string, ...args: unknown[]): Promise<this> {
    return this.activate({ kind: 'signal', signalName, input: encode(args), header: undefined, identity: '' });
  }

  completeActivity(seq: number, value: unknown): Promise<this> {
    return this.activate({
      kind: 'resolveActivity',
      seq,
      isLocal: false,
      result: { status: 'completed', result: encode([value]) },
    });
  }

  /** What the workflow returned. */
  get result(): unknown {
    const done = this.commands.find((command) => command.kind === 'completeWorkflow');
    if (done === undefined) throw new Error(`not completed: ${JSON.stringify(this.commands.map(({ kind }) => kind))}`);
    return decode(done.result);
  }

  get kinds(): string[] {
    return this.commands.map(({ kind }) => kind);
  }

  evict(): void {
    this.#sandbox.evictRun(this.runId);
  }
}

/** Runs a workflow that needs nothing to happen, and gives its result. */
export async function resultOf(sandbox: WorkflowSandbox, workflowType: string, ...args: unknown[]): Promise<unknown> {
  const run = new TestRun(sandbox, workflowType, args);
  await run.start();
  const { result } = run;
  run.evict();
  return result;
}

export class TaskFailed extends Error {
  constructor(bytes: Uint8Array) {
    const { message, stackTrace } = Failure.decode(bytes);
    super(message);
    this.stack = stackTrace;
  }
}

export function activationOf(runId: string, timestampMs: number, jobs: readonly Job[]): Activation {
  return {
    runId,
    timestampMs,
    isReplaying: false,
    historyLength: 3,
    historySizeBytes: 300,
    continueAsNewSuggested: false,
    continueAsNewReasons: [],
    runtimeFlags: [],
    lastSdkName: '',
    lastSdkVersion: '',
    buildId: '',
    deploymentName: '',
    jobs,
  };
}

export function completionOf(activated: Activated): Completion {
  if (activated.kind !== 'done') throw new Error(JSON.stringify(activated));
  return activated.completion;
}

export function encode(values: readonly unknown[]): Uint8Array {
  return Payloads.encode({ payloads: values.map((value) => payloadToBytes(defaultPayloadConverter.toPayload(value))) });
}

export function decode(bytes: Uint8Array | undefined): unknown {
  const [first] = bytes === undefined ? [] : Payloads.decode(bytes).payloads;
  return first === undefined ? undefined : defaultPayloadConverter.fromPayload(payloadFromBytes(first));
}
