/**
 * The private draft of one transition. Everything that changes state goes through `record`, which applies the record and
 * keeps it for the store; containers of the state are copied on their first change, so the value before stays whole.
 */
import { HistoryEvent } from '@perdure/protocol';
import type { HistoryEventAttributes, Init, EventType } from '@perdure/protocol';
import type { Limits } from '../limits.js';
import { apply, workingCopy } from './apply.js';
import type { Working } from './apply.js';
import type { Effect } from './effects.js';
import type { EventRecord, Fact, StateRecord } from './records.js';
import type { ExecutionState, PendingWorkflowTask, VolatileState } from './state.js';
import { rewireBufferedEvents } from './buffer.js';

/** What a transition may know of the world. */
export interface Env {
  readonly nowMs: number;
  readonly limits: Limits;
  /** A fresh random UUID. */
  newId(): string;
  /** What is wrong with these search attributes in this namespace, or undefined. */
  checkSearchAttributes(fields: ReadonlyMap<string, Uint8Array>): string | undefined;
  /** The id of a namespace, or undefined when there is none of that name. */
  namespaceId(name: string): string | undefined;
  /** How long the namespace keeps closed runs. */
  readonly retentionMs: number;
  /** These search attributes with the types that the namespace gives them. */
  typedSearchAttributes(fields: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array>;
  /** Uniform in [0, 1). */
  random(): number;
}

export interface EventOptions {
  readonly userMetadata?: Uint8Array | undefined;
  readonly links?: readonly Uint8Array[] | undefined;
  readonly eventTimeMs?: number | undefined;
  readonly workerMayIgnore?: boolean | undefined;
  readonly eventGroupMarkers?: readonly Uint8Array[] | undefined;
}

const NO_OPTIONS: EventOptions = {};

export class Draft {
  readonly env: Env;
  readonly records: StateRecord[] = [];
  /** Encoded events, in order, each as a HistoryEvent. */
  readonly events: Uint8Array[] = [];
  readonly effects: Effect[] = [];
  readonly firstEventId: number;
  readonly #working: Working;
  #wantsWorkflowTask = false;
  #isHoldingBack = false;
  #hasStoredChange = false;

  constructor(state: ExecutionState, env: Env) {
    this.env = env;
    this.#working = workingCopy(state);
    this.firstEventId = state.nextEventId;
  }

  get state(): ExecutionState {
    return this.#working.state;
  }

  /** The state after this transition. A stored one is counted. */
  sealed(): ExecutionState {
    if (this.hasStoredChange) this.#working.state.transitionCount += 1;
    return this.#working.state;
  }

  get isTaskStarted(): boolean {
    return (this.state.workflowTask?.startedEventId ?? 0) > 0;
  }

  get wantsWorkflowTask(): boolean {
    return this.#wantsWorkflowTask;
  }

  /** The worker must hear of what happened: a workflow task follows, unless one is pending already. */
  wantWorkflowTask(): void {
    this.#wantsWorkflowTask = true;
  }

  /** While a task's commands are written, what happens because of them is kept in the buffer: it comes behind them all. */
  holdBack(isHolding: boolean): void {
    this.#isHoldingBack = isHolding;
  }

  /** Writes an event now: workflow-state, workflow-task and command events. Returns its id. */
  write<K extends EventType>(
    eventType: K,
    attributes: Init<HistoryEventAttributes[K]>,
    options: EventOptions = NO_OPTIONS,
  ): number {
    const eventId = this.state.nextEventId;
    const eventTimeMs = options.eventTimeMs ?? this.env.nowMs;
    const bytes = encodeEvent(eventType, attributes, options, eventId, eventTimeMs);
    this.events.push(bytes);
    const record = { record: 'event', eventType, eventId, eventTimeMs, attributes, userMetadata: options.userMetadata };
    this.#record(record as unknown as EventRecord, bytes.length);
    return eventId;
  }

  /**
   * Something happened to the execution: written now or, while a workflow task runs, kept in the buffer without an id.
   * Returns the event id, or undefined when buffered.
   */
  happen<K extends EventType>(
    eventType: K,
    attributes: Init<HistoryEventAttributes[K]>,
    options: EventOptions = NO_OPTIONS,
  ): number | undefined {
    if (!this.isTaskStarted && !this.#isHoldingBack) return this.write(eventType, attributes, options);
    const eventTimeMs = options.eventTimeMs ?? this.env.nowMs;
    const bytes = encodeEvent(eventType, attributes, options, 0, eventTimeMs);
    // It stays in the state for as long as the task runs.
    this.fact({ record: 'fact', kind: 'buffered', event: { bytes: bytes.slice() } });
    return undefined;
  }

  fact(fact: Fact): void {
    this.#record(fact, 0);
  }

  setVolatile(volatile: VolatileState): void {
    this.#record({ record: 'volatile', kind: 'updates', volatile }, 0);
  }

  /** A speculative task lives in memory only. */
  setSpeculativeTask(task: PendingWorkflowTask | undefined): void {
    this.#record({ record: 'volatile', kind: 'task', task }, 0);
  }

  /** Whether anything must be stored: a transition of volatile changes only writes nothing. */
  get hasStoredChange(): boolean {
    return this.#hasStoredChange;
  }

  effect(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Moves buffered events into history: outcomes behind the others, ids assigned, started ids rewired. */
  flushBuffer(): number {
    const buffered = this.state.buffered;
    if (buffered.length === 0) return 0;
    const events = rewireBufferedEvents(buffered, this.state.nextEventId);
    this.fact({ record: 'fact', kind: 'flushed', count: events.length });
    for (const event of events) {
      const bytes = HistoryEvent.encodePassing(event);
      this.events.push(bytes);
      const { eventType, eventId, attributes, userMetadata } = event;
      const record = {
        record: 'event',
        eventType,
        eventId,
        eventTimeMs: event.eventTime ?? 0,
        attributes,
        userMetadata,
      };
      this.#record(record as unknown as EventRecord, bytes.length);
    }
    return events.length;
  }

  #record(record: StateRecord, sizeBytes: number): void {
    this.records.push(record);
    if (record.record !== 'volatile') this.#hasStoredChange = true;
    apply(this.#working, record, sizeBytes);
  }
}

/** What becomes part of the transition's encoded history, and is then forgotten. */
function encodeEvent<K extends EventType>(
  eventType: K,
  attributes: Init<HistoryEventAttributes[K]>,
  options: EventOptions,
  eventId: number,
  eventTimeMs: number,
): Uint8Array {
  return HistoryEvent.encodePassing({
    eventId,
    eventTime: eventTimeMs,
    eventType,
    attributes,
    userMetadata: options.userMetadata,
    links: options.links ?? [],
    workerMayIgnore: options.workerMayIgnore ?? false,
    eventGroupMarkers: options.eventGroupMarkers ?? [],
  } as Init<HistoryEvent>);
}
