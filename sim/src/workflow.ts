/** Runs a plan as a deterministic program: coroutines that wait for conditions, woken by history. */
import { EventType, UpdateRequest as UpdateRequestCodec } from '@perdure/protocol';
import type { HistoryEvent, Message, UpdateRequest, WorkflowExecutionStartedEventAttributes } from '@perdure/protocol';
import type { Activation } from './replay.js';
import { runPlan, startTimer } from './run-plan.js';
import type { Emitted } from './emitted.js';
import { acceptUpdate, completeUpdate, isRefused, rejectionOf, updateArgs } from './workflow-updates.js';
import type { Plan } from './plan.js';
import { fromBytes } from './text-bytes.js';

export type { Emitted } from './emitted.js';

/** Something asked for whose outcome comes as an event. */
export interface Pending {
  isStarted: boolean;
  /** Undefined until it is known. */
  outcome: string | undefined;
  /** Id of the Scheduled or Initiated event, once history shows it. */
  eventId: number;
}

export type Wait = () => boolean;
export type Coroutine = Generator<Wait, void, void>;

interface Running {
  readonly routine: Coroutine;
  wait: Wait | undefined;
}

export interface WorkflowInput {
  readonly id: string;
  readonly plan: Plan;
}

export class Workflow {
  readonly input: WorkflowInput;
  readonly attempt: number;
  readonly hasRetryPolicy: boolean;
  /** Ids of signals in the order in which history shows them. */
  readonly signals: string[] = [];
  readonly outcomes: string[] = [];
  cancelRequested = false;
  isDone = false;
  readonly activities = new Map<number, Pending>();
  readonly timers = new Map<string, Pending>();
  readonly children = new Map<number, Pending>();
  readonly externals = new Map<number, Pending>();
  readonly #running: Running[] = [];
  #emit: (emitted: Emitted) => void = () => undefined;
  #close: Emitted | undefined;
  #lastTimer = 0;

  constructor(started: WorkflowExecutionStartedEventAttributes) {
    this.input = fromBytes(started.input) as WorkflowInput;
    this.attempt = started.attempt;
    this.hasRetryPolicy = started.retryPolicy !== undefined;
    this.#spawn(runPlan(this));
  }

  activate(jobs: readonly HistoryEvent[], updates: readonly UpdateRequest[], emit: (emitted: Emitted) => void): void {
    this.#emit = emit;
    for (const job of jobs) this.#happened(job);
    for (const update of updates) this.#accept(update);
    this.#runAll();
  }

  /** As `activate`, and collects what the worker answers. */
  activateLive(
    jobs: readonly HistoryEvent[],
    requests: readonly { readonly message: Message; readonly startedEventId: number }[],
    emit: (emitted: Emitted) => void,
  ): Activation {
    const activation: { commands: Activation['commands']; messages: Activation['messages'] } = {
      commands: [],
      messages: [],
    };
    const decoded = requests.map(({ message, startedEventId }) => ({
      message,
      startedEventId,
      request: UpdateRequestCodec.decode(message.body?.value ?? new Uint8Array(0)),
    }));
    for (const { message, startedEventId, request } of decoded)
      if (isRefused(request)) activation.messages.push(rejectionOf(message, request, startedEventId));
    const accepted = decoded.filter(({ request }) => !isRefused(request)).map(({ request }) => request);
    this.activate(jobs, accepted, (emitted) => {
      activation.commands.push(emitted.command);
      if (emitted.message !== undefined) activation.messages.push(emitted.message);
      emit(emitted);
    });
    return activation;
  }

  // ---- for the program

  ask(emitted: Emitted): void {
    this.#emit(emitted);
  }

  closeWith(emitted: Emitted): void {
    this.#close = emitted;
  }

  nextTimerId(): string {
    this.#lastTimer += 1;
    return `t${this.#lastTimer}`;
  }

  #spawn(routine: Coroutine): void {
    this.#running.push({ routine, wait: undefined });
  }

  #accept(update: UpdateRequest): void {
    if (this.isDone) return;
    this.ask(acceptUpdate(update));
    this.#spawn(this.#handle(update));
  }

  *#handle(update: UpdateRequest): Coroutine {
    const { mode } = updateArgs(update);
    if (mode === 'slow') {
      const timer = startTimer(this, 40);
      yield () => timer.outcome !== undefined;
    }
    this.ask(completeUpdate(update));
  }

  /** Until nobody can go on; a close comes after everything else. */
  #runAll(): void {
    for (let isMoving = true; isMoving;) {
      isMoving = false;
      for (const running of [...this.#running]) {
        if (running.wait !== undefined && !running.wait()) continue;
        isMoving = true;
        const step = running.routine.next();
        if (step.done === true) this.#running.splice(this.#running.indexOf(running), 1);
        else running.wait = step.value;
      }
    }
    if (this.#close === undefined || this.isDone) return;
    this.isDone = true;
    this.#running.length = 0;
    this.ask(this.#close);
  }

  #happened(event: HistoryEvent): void {
    switch (event.eventType) {
      case EventType.WORKFLOW_EXECUTION_SIGNALED:
        this.signals.push(String(fromBytes(event.attributes.input)));
        return;
      case EventType.WORKFLOW_EXECUTION_CANCEL_REQUESTED:
        this.cancelRequested = true;
        return;
      case EventType.TIMER_FIRED:
        settle(this.timers.get(event.attributes.timerId), 'fired');
        return;
      case EventType.ACTIVITY_TASK_COMPLETED:
        settle(
          this.activities.get(event.attributes.scheduledEventId),
          `ok ${JSON.stringify(fromBytes(event.attributes.result))}`,
        );
        return;
      case EventType.ACTIVITY_TASK_FAILED:
        settle(this.activities.get(event.attributes.scheduledEventId), 'failed');
        return;
      case EventType.ACTIVITY_TASK_TIMED_OUT:
        settle(this.activities.get(event.attributes.scheduledEventId), 'timedOut');
        return;
      case EventType.ACTIVITY_TASK_CANCELED:
        settle(this.activities.get(event.attributes.scheduledEventId), 'canceled');
        return;
      case EventType.START_CHILD_WORKFLOW_EXECUTION_FAILED:
        settle(this.children.get(event.attributes.initiatedEventId), 'startFailed');
        return;
      case EventType.CHILD_WORKFLOW_EXECUTION_STARTED: {
        const child = this.children.get(event.attributes.initiatedEventId);
        if (child !== undefined) child.isStarted = true;
        return;
      }
      case EventType.CHILD_WORKFLOW_EXECUTION_COMPLETED:
      case EventType.CHILD_WORKFLOW_EXECUTION_FAILED:
      case EventType.CHILD_WORKFLOW_EXECUTION_CANCELED:
      case EventType.CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
      case EventType.CHILD_WORKFLOW_EXECUTION_TERMINATED:
        settle(this.children.get(event.attributes.initiatedEventId), `closed ${event.eventType}`);
        return;
      case EventType.EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
      case EventType.EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
        settle(this.externals.get(event.attributes.initiatedEventId), 'done');
        return;
      case EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
      case EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
        settle(this.externals.get(event.attributes.initiatedEventId), 'notFound');
        return;
    }
  }
}

function settle(pending: Pending | undefined, outcome: string): void {
  if (pending === undefined) throw new Error(`an outcome (${outcome}) of something that was not asked for`);
  if (pending.outcome !== undefined) throw new Error(`a second outcome: ${pending.outcome}, then ${outcome}`);
  pending.outcome = outcome;
}
