/** The program of a plan: its steps as a coroutine. */
import { ApplicationErrorCategory, CommandType, Failure, Memo, Payload, SearchAttributes } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import { emitted } from './emitted.js';
import type { ActivityPlan, Plan, Step } from './plan.js';
import { toBytes } from './text-bytes.js';
import type { Coroutine, Pending, Wait, Workflow } from './workflow.js';

export const ACTIVITY_QUEUE = 'activities';
export const WORKFLOW_QUEUE = 'workflows';
export const NUMBER_ATTRIBUTE = 'SimNumber';

/** The cancel request reached a program that obeys it. */
class Cancelled extends Error {}
class Failed extends Error {}

type Routine = Generator<Wait, void, void>;

export function* runPlan(workflow: Workflow): Coroutine {
  const { plan } = workflow.input;
  try {
    for (const [index, step] of plan.steps.entries()) yield* runStep(workflow, step, index);
    end(workflow, plan);
  } catch (error) {
    if (error instanceof Cancelled) workflow.closeWith(emitted(CommandType.CANCEL_WORKFLOW_EXECUTION, {}, ''));
    else if (error instanceof Failed) fail(workflow, error.message);
    else throw error;
  }
}

function end(workflow: Workflow, plan: Plan): void {
  const { input, signals, outcomes, attempt } = workflow;
  if (plan.end === 'fail') return fail(workflow, 'as planned');
  if (plan.end === 'continue') {
    const continuations = plan.continuations - 1;
    const next = toBytes({
      ...input,
      plan: { ...plan, continuations, end: continuations > 0 ? 'continue' : 'complete' },
    });
    const command = { input: next, workflowType: { name: 'plan' }, taskQueue: { name: WORKFLOW_QUEUE } };
    workflow.closeWith(emitted(CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION, command, keyText(next)));
    return;
  }
  const result = toBytes({ signals, outcomes, attempt });
  workflow.closeWith(emitted(CommandType.COMPLETE_WORKFLOW_EXECUTION, { result }, keyText(result)));
}

function fail(workflow: Workflow, message: string): void {
  const failure = Failure.encode({
    message,
    applicationFailureInfo: { type: 'Planned', nonRetryable: false, category: ApplicationErrorCategory.UNSPECIFIED },
  });
  workflow.closeWith(emitted(CommandType.FAIL_WORKFLOW_EXECUTION, { failure }, ''));
}

const decoder = new TextDecoder();
const keyText = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Waits, or ends the program when it is cancelled and obeys. */
function* until(workflow: Workflow, condition: Wait): Routine {
  const isCancelled = (): boolean => workflow.cancelRequested && workflow.input.plan.obeysCancel;
  yield () => condition() || isCancelled();
  if (!condition()) throw new Cancelled();
}

function* runStep(workflow: Workflow, step: Step, index: number): Routine {
  switch (step.op) {
    case 'activities': {
      const pending = step.activities.map((activity) => schedule(workflow, activity));
      yield* until(workflow, () => pending.every(({ outcome }) => outcome !== undefined));
      workflow.outcomes.push(...pending.map(({ outcome }) => outcome ?? ''));
      return;
    }
    case 'sleep': {
      const timer = startTimer(workflow, step.ms);
      yield* until(workflow, () => timer.outcome !== undefined);
      return;
    }
    case 'race':
      return yield* race(workflow, step);
    case 'child':
      return yield* child(workflow, step);
    case 'signalExternal':
      return yield* external(workflow, step.workflowId, step.signalId);
    case 'cancelExternal':
      return yield* external(workflow, step.workflowId, undefined);
    case 'awaitSignals':
      return yield* awaitSignals(workflow, step.count, step.ms);
    case 'marker':
      workflow.ask(emitted(CommandType.RECORD_MARKER, { markerName: step.name, details: new Map() }, step.name));
      return;
    case 'upsert': {
      const searchAttributes = SearchAttributes.encode({
        indexedFields: new Map([[NUMBER_ATTRIBUTE, jsonPayload(step.value)]]),
      });
      workflow.ask(emitted(CommandType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, { searchAttributes }, ''));
      return;
    }
    case 'memo': {
      const upsertedMemo = Memo.encode({ fields: new Map([[`step${index}`, jsonPayload(step.value)]]) });
      workflow.ask(emitted(CommandType.MODIFY_WORKFLOW_PROPERTIES, { upsertedMemo }, ''));
      return;
    }
    case 'failUntil':
      if (workflow.attempt < step.attempt && workflow.hasRetryPolicy)
        throw new Failed(`attempt ${workflow.attempt} fails as planned`);
      return;
  }
}

function jsonPayload(value: unknown): Uint8Array {
  return Payload.encode({
    metadata: new Map([['encoding', new TextEncoder().encode('json/plain')]]),
    data: toBytes(value),
  });
}

const newPending = (): Pending => ({ isStarted: false, outcome: undefined, eventId: 0 });

function bind(pending: Pending, into: Map<number, Pending>): (event: HistoryEvent) => void {
  return (event) => {
    pending.eventId = event.eventId;
    into.set(event.eventId, pending);
  };
}

function schedule(workflow: Workflow, activity: ActivityPlan): Pending {
  const pending = newPending();
  const command = {
    activityId: activity.id,
    activityType: { name: activity.mode },
    // Eager activities must be on the workflow's own queue.
    taskQueue: { name: activity.isEager ? WORKFLOW_QUEUE : ACTIVITY_QUEUE },
    input: toBytes(activity),
    startToCloseTimeout: activity.startToCloseMs,
    scheduleToStartTimeout: activity.scheduleToStartMs,
    heartbeatTimeout: activity.heartbeatMs,
    retryPolicy: {
      initialInterval: 100,
      backoffCoefficient: 2,
      maximumInterval: 1_000,
      maximumAttempts: activity.maximumAttempts,
      nonRetryableErrorTypes: [],
    },
    requestEagerExecution: activity.isEager,
    priority:
      activity.priorityKey === 0
        ? undefined
        : { priorityKey: activity.priorityKey, fairnessKey: '', fairnessWeight: 0 },
  };
  workflow.ask(
    emitted(CommandType.SCHEDULE_ACTIVITY_TASK, command, activity.id, { bound: bind(pending, workflow.activities) }),
  );
  return pending;
}

export function startTimer(workflow: Workflow, ms: number): Pending & { readonly timerId: string } {
  const timerId = workflow.nextTimerId();
  const pending = { ...newPending(), timerId };
  workflow.timers.set(timerId, pending);
  workflow.ask(emitted(CommandType.START_TIMER, { timerId, startToFireTimeout: ms }, timerId));
  return pending;
}

function cancelTimer(workflow: Workflow, { timerId }: { readonly timerId: string }): void {
  workflow.ask(emitted(CommandType.CANCEL_TIMER, { timerId }, timerId));
}

function* race(workflow: Workflow, step: Extract<Step, { op: 'race' }>): Routine {
  const activity = schedule(workflow, step.activity);
  const timer = startTimer(workflow, step.ms);
  yield* until(workflow, () => activity.outcome !== undefined || timer.outcome !== undefined);
  if (activity.outcome === undefined) {
    const scheduledEventId = activity.eventId;
    workflow.ask(
      emitted(CommandType.REQUEST_CANCEL_ACTIVITY_TASK, { scheduledEventId }, String(scheduledEventId), {
        isOptional: true,
      }),
    );
    yield* until(workflow, () => activity.outcome !== undefined);
  } else if (timer.outcome === undefined) cancelTimer(workflow, timer);
  workflow.outcomes.push(activity.outcome ?? '');
}

function* child(workflow: Workflow, step: Extract<Step, { op: 'child' }>): Routine {
  const pending = newPending();
  const command = {
    workflowId: step.workflowId,
    workflowType: { name: 'plan' },
    taskQueue: { name: WORKFLOW_QUEUE },
    input: toBytes({ id: step.workflowId, plan: step.plan }),
    parentClosePolicy: step.policy,
    workflowIdReusePolicy: step.reusePolicy as 1,
  };
  workflow.ask(
    emitted(CommandType.START_CHILD_WORKFLOW_EXECUTION, command, step.workflowId, {
      bound: bind(pending, workflow.children),
    }),
  );
  if (step.wait === 'started') yield* until(workflow, () => pending.isStarted || pending.outcome !== undefined);
  if (step.wait === 'result') yield* until(workflow, () => pending.outcome !== undefined);
  if (step.wait === 'result') workflow.outcomes.push(pending.outcome ?? '');
}

/** A signal with an id, or a cancel request without. */
function* external(workflow: Workflow, workflowId: string, signalId: string | undefined): Routine {
  const pending = newPending();
  const bound = bind(pending, workflow.externals);
  if (signalId === undefined) {
    workflow.ask(
      emitted(CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION, { workflowId, runId: '' }, workflowId, { bound }),
    );
  } else {
    const input = toBytes(signalId);
    const command = { execution: { workflowId, runId: '' }, signalName: 'sim', input };
    workflow.ask(
      emitted(CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION, command, `${workflowId}/${keyText(input)}`, { bound }),
    );
  }
  yield* until(workflow, () => pending.outcome !== undefined);
  workflow.outcomes.push(pending.outcome ?? '');
}

function* awaitSignals(workflow: Workflow, count: number, ms: number): Routine {
  if (workflow.signals.length >= count) return;
  const timer = startTimer(workflow, ms);
  yield* until(workflow, () => workflow.signals.length >= count || timer.outcome !== undefined);
  if (timer.outcome === undefined) cancelTimer(workflow, timer);
}
