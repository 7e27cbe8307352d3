/** Runs workflow code against a history that is complete: does the code still do what the history says? */
import { EventType } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import { namedErrorClass } from '../../conversion/error-class.js';
import { ValueError } from '../../conversion/errors.js';
import type { LoadedDataConverter } from '../../conversion/data-converter.js';
import { withSerializationContext } from '../../conversion/serialization-context.js';
import { applyCompletion, applyTask, takeLocalWork } from '../../replay/run.js';
import type { Step } from '../../replay/run.js';
import { createRun } from '../../replay/run-state.js';
import type { Run } from '../../replay/run-state.js';
import type { Activation, Completion } from '../../replay/contract.js';
import { SDK_NAME, SDK_VERSION } from '../../conversion/version.js';
import { DeterminismViolationError } from '../../workflow/runtime/errors.js';
import type { WorkflowSandbox } from '../sandbox/contract.js';
import { faultText, failureFields } from '../workflows/fault-text.js';
import { decodeActivation, encodeCompletion, needsPass } from '../workflows/payload-pass.js';
import type { SinkDispatch } from '../workflows/sink-dispatch.js';

/** A history could not be replayed, for another reason than that the code does something else. */
export class ReplayError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
  }
}
namedErrorClass(ReplayError, 'ReplayError');

export interface ReplaySurroundings {
  readonly namespace: string;
  readonly sandbox: WorkflowSandbox;
  readonly converter: LoadedDataConverter;
  readonly sinks: SinkDispatch;
  readonly showStackTraceSources: boolean;
}

export interface ReplayResult {
  readonly workflowId: string;
  readonly runId: string;
  /** Undefined: the code fits. */
  readonly error?: ReplayError | DeterminismViolationError | undefined;
  /** What was changed and replays all the same, because history decides it: "started timer 3: it lasts 60000 ms, …". */
  readonly deviations: readonly string[];
}

/** Never rejects. */
export async function replayHistory(
  surroundings: ReplaySurroundings,
  events: readonly HistoryEvent[],
  givenWorkflowId: string | undefined,
): Promise<ReplayResult> {
  const [started] = events;
  if (started?.eventType !== EventType.WORKFLOW_EXECUTION_STARTED) {
    const error = new ReplayError('The history does not begin with the start of a workflow');
    return { workflowId: givenWorkflowId ?? '', runId: '', error, deviations: [] };
  }
  const { attributes } = started;
  const runId = attributes.originalExecutionRunId;
  const workflowId = givenWorkflowId ?? (attributes.workflowId || 'replayed-workflow');
  try {
    return { workflowId, runId, ...(await new Replay(surroundings, runId, workflowId).run(events, attributes)) };
  } catch (thrown) {
    const error = new ReplayError(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
    return { workflowId, runId, error, deviations: [] };
  } finally {
    surroundings.sandbox.evictRun(runId);
  }
}

type Verdict = Pick<ReplayResult, 'error' | 'deviations'>;
type Started = Extract<HistoryEvent, { eventType: typeof EventType.WORKFLOW_EXECUTION_STARTED }>['attributes'];

class Replay {
  readonly #with: ReplaySurroundings;
  readonly #converter: LoadedDataConverter;
  readonly #hasCodec: boolean;
  readonly #runId: string;
  readonly #workflowId: string;

  constructor(surroundings: ReplaySurroundings, runId: string, workflowId: string) {
    const { converter, namespace } = surroundings;
    this.#with = surroundings;
    this.#runId = runId;
    this.#workflowId = workflowId;
    this.#hasCodec = needsPass(converter);
    this.#converter = this.#hasCodec
      ? withSerializationContext(converter, { type: 'workflow', namespace, workflowId })
      : converter;
  }

  async run(events: readonly HistoryEvent[], { workflowType, taskQueue }: Started): Promise<Verdict> {
    const { sandbox, namespace, showStackTraceSources } = this.#with;
    const lastStarted = events.findLast(({ eventType }) => eventType === EventType.WORKFLOW_TASK_STARTED);
    if (lastStarted === undefined) throw new ValueError('The history has no Workflow Task: no code has run yet');
    const ids = { runId: this.#runId, workflowId: this.#workflowId };
    const setup = { workflowType: workflowType?.name ?? '', taskQueue: taskQueue?.name ?? '' };
    sandbox.createRun({ ...ids, ...setup, namespace, showStackTraceSources });
    const core = createRun({ ...ids, sdkName: SDK_NAME, sdkVersion: SDK_VERSION, buildId: '', deploymentName: '' });
    let step: Step = applyTask(core, {
      events,
      historyComplete: true,
      previousStartedEventId: lastStarted.eventId,
      updates: [],
      queries: new Map(),
    });
    while (step.kind === 'activate') {
      // Replays run no local activities: their results are in the history, or it ends before them.
      takeLocalWork(core);
      const completion = await this.#activate(step.activation);
      if (completion instanceof ReplayError) return verdict(core, completion);
      step = applyCompletion(core, completion);
    }
    return verdict(core, errorOf(step));
  }

  async #activate(activation: Activation): Promise<Completion | ReplayError> {
    const { sandbox, sinks } = this.#with;
    const activated = await sandbox.activate(
      this.#hasCodec ? await decodeActivation(this.#converter, activation) : activation,
    );
    switch (activated.kind) {
      case 'done':
        sinks.call(activated.sinkCalls, activation.isReplaying);
        return this.#hasCodec ? encodeCompletion(this.#converter, activated.completion) : activated.completion;
      case 'spun':
        return new ReplayError(`Workflow code ran for more than ${activated.sliceMs} ms without waiting`);
      case 'lost':
        return new ReplayError(`The realm of the workflow was lost: ${activated.reason}`);
    }
  }
}

function verdict({ deviations }: Run, error: ReplayResult['error']): Verdict {
  return { error, deviations: deviations.map(({ eventId, message }) => `Event ${eventId}: ${message}`) };
}

function errorOf(step: Step): ReplayResult['error'] {
  switch (step.kind) {
    case 'fault':
      if (step.fault.kind === 'mismatch') return new DeterminismViolationError(faultText(step.fault));
      return new ReplayError(faultText(step.fault));
    case 'failTask': {
      const { message, stack } = failureFields(step.failure);
      const error = new ReplayError(message);
      if (stack !== undefined) error.stack = `${error.name}: ${message}\n${stack}`;
      return error;
    }
    case 'activate':
    case 'needHistory':
    case 'waitForLocal':
    case 'respond':
    case 'answerQuery':
    case 'replayed':
      return undefined;
    case 'cacheMiss':
      return new ReplayError('Events are missing in the history');
  }
}
