/**
 * A small SDK: takes history, gives commands. What the workflow asks for on the way is compared with what history says
 * it asked for; a mismatch is a defect of the Service, since the programs are deterministic.
 */
import { EventType } from '@perdure/protocol';
import type { Command, HistoryEvent, Init, Message, UpdateRequest } from '@perdure/protocol';
import { fromBytes } from './text-bytes.js';
import { Workflow } from './workflow.js';
import type { Emitted } from './workflow.js';

/** Commands in the order asked for, with what their events must show. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
}

/** The cached program is ahead of history: its last answer did not count. The history is to be replayed from the start. */
export class StaleCache extends Mismatch {}

/** What one workflow task is answered with. */
export interface Activation {
  readonly commands: Init<Command>[];
  readonly messages: Init<Message>[];
}

export class Replay {
  #workflow: Workflow | undefined;
  readonly #expected: Emitted[] = [];
  /** Happened since the last activation. */
  #jobs: HistoryEvent[] = [];
  #lastEventId = 0;
  /** Events that the last live activation is based on. */
  #isLive = false;
  #closedBy: HistoryEvent | undefined;

  /** Signals that the history shows, handled by the program or not (a run may be closed over them by force). */
  readonly signalsSeen: string[] = [];

  get lastEventId(): number {
    return this.#lastEventId;
  }

  get workflow(): Workflow | undefined {
    return this.#workflow;
  }

  /** Takes the events that follow. Returns the activation of the last, unanswered task, if they end with its start. */
  feed(events: readonly HistoryEvent[], messages: readonly Message[] = []): Activation | undefined {
    let live: Activation | undefined;
    events.forEach((event, index) => {
      if (event.eventId !== this.#lastEventId + 1)
        throw new Mismatch(`event ${event.eventId} follows event ${this.#lastEventId}`);
      this.#lastEventId = event.eventId;
      if (event.eventType === EventType.WORKFLOW_TASK_STARTED) {
        const next = events[index + 1];
        if (next === undefined) live = this.#activateLive(event, messages);
        else if (next.eventType === EventType.WORKFLOW_TASK_COMPLETED) this.#activate(acceptedAfter(events, index + 2));
        return;
      }
      this.#take(event);
    });
    return live;
  }

  /** A closed history must have nothing that the workflow asked for and that is not in it. */
  finish(): void {
    const [left] = this.#expected.filter((emitted) => !emitted.isOptional);
    if (left !== undefined) throw new Mismatch(`the workflow asked for ${left.label}, history ends without it`);
    if (this.#closedBy === undefined) throw new Mismatch('history does not end with a close event');
  }

  #activateLive(event: HistoryEvent, messages: readonly Message[]): Activation {
    if (this.#isLive) throw new StaleCache('a second live task without the outcome of the first');
    this.#isLive = true;
    const requests = messages.map((message) => ({ message, startedEventId: event.eventId }));
    return this.#requireWorkflow().activateLive(this.#takeJobs(), requests, (emitted) => this.#expected.push(emitted));
  }

  #activate(updates: readonly UpdateRequest[]): void {
    this.#requireWorkflow().activate(this.#takeJobs(), updates, (emitted) => this.#expected.push(emitted));
  }

  #takeJobs(): HistoryEvent[] {
    const jobs = this.#jobs;
    this.#jobs = [];
    return jobs;
  }

  #take(event: HistoryEvent): void {
    if (event.eventType === EventType.WORKFLOW_EXECUTION_SIGNALED)
      this.signalsSeen.push(String(fromBytes(event.attributes.input)));
    if (this.#closedBy !== undefined) throw new Mismatch(`event ${event.eventId} after the close`);
    switch (event.eventType) {
      case EventType.WORKFLOW_EXECUTION_STARTED:
        this.#workflow = new Workflow(event.attributes);
        return;
      case EventType.WORKFLOW_TASK_COMPLETED:
        this.#isLive = false;
        return;
      case EventType.WORKFLOW_TASK_FAILED:
      case EventType.WORKFLOW_TASK_TIMED_OUT:
        if (this.#isLive) throw new StaleCache(`the task that was answered did not complete (event ${event.eventId})`);
        return;
      case EventType.WORKFLOW_EXECUTION_TERMINATED:
      case EventType.WORKFLOW_EXECUTION_TIMED_OUT:
        this.#closedBy = event;
        this.#expected.length = 0;
        return;
    }
    if (COMMAND_EVENTS.has(event.eventType)) this.#match(event);
    else this.#jobs.push(event);
  }

  #match(event: HistoryEvent): void {
    for (;;) {
      const emitted = this.#expected.shift();
      if (emitted === undefined)
        throw new Mismatch(`event ${event.eventId} (type ${event.eventType}) was not asked for`);
      const problem = emitted.problem(event);
      if (problem === undefined) {
        emitted.bound?.(event);
        if (CLOSE_EVENTS.has(event.eventType)) this.#closedBy = event;
        return;
      }
      if (!emitted.isOptional)
        throw new Mismatch(`event ${event.eventId} (type ${event.eventType}) instead of ${emitted.label}: ${problem}`);
    }
  }

  #requireWorkflow(): Workflow {
    if (this.#workflow === undefined) throw new Mismatch('history does not begin with the Started event');
    return this.#workflow;
  }
}

/** Updates that the task beginning before `from` accepted: they are events among its commands. */
function acceptedAfter(events: readonly HistoryEvent[], from: number): UpdateRequest[] {
  const accepted: UpdateRequest[] = [];
  for (let index = from; index < events.length; index += 1) {
    const event = events[index];
    if (event === undefined || event.eventType === EventType.WORKFLOW_TASK_SCHEDULED) break;
    if (
      event.eventType === EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED &&
      event.attributes.acceptedRequest !== undefined
    )
      accepted.push(event.attributes.acceptedRequest);
  }
  return accepted;
}

const CLOSE_EVENTS: ReadonlySet<number> = new Set([
  EventType.WORKFLOW_EXECUTION_COMPLETED,
  EventType.WORKFLOW_EXECUTION_FAILED,
  EventType.WORKFLOW_EXECUTION_CANCELED,
  EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
]);

/** Events that a command or a protocol message writes. */
export const COMMAND_EVENTS: ReadonlySet<number> = new Set([
  ...CLOSE_EVENTS,
  EventType.ACTIVITY_TASK_SCHEDULED,
  EventType.ACTIVITY_TASK_CANCEL_REQUESTED,
  EventType.TIMER_STARTED,
  EventType.TIMER_CANCELED,
  EventType.MARKER_RECORDED,
  EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED,
  EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
  EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
  EventType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  EventType.WORKFLOW_PROPERTIES_MODIFIED,
  EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
  EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED,
]);
