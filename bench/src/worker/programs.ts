/**
 * The workflows of the bench. A program sees the events that are new to it and answers with commands; the worker keeps it
 * between tasks as an SDK keeps a cached run.
 */
import { Acceptance, CommandType, EventType, History, UpdateRequest, UpdateResponse } from '@perdure/protocol';
import type { Command, HistoryEvent, Init, Message } from '@perdure/protocol';

export interface Turn {
  readonly commands: Init<Command>[];
  readonly messages: Init<Message>[];
  /** The run is over. */
  readonly isDone: boolean;
  /** A timer was set now; its task is waited for. */
  readonly setsTimer: boolean;
}

interface Counts {
  readonly activities: number;
  readonly signals: number;
  readonly timers: number;
}

/** What a workflow does next, from how much of everything has happened. */
type Step = (counts: Counts, isFirst: boolean, taskQueue: string) => Init<Command>[];

export class Program {
  readonly #step: Step;
  readonly #taskQueue: string;
  #activities = 0;
  #signals = 0;
  #timers = 0;
  #timerStartedAtMs = 0;
  /** Of the timer that fired last: from the Started to the Fired event, by their own times. */
  timerEventMs: number | undefined;
  /** The last event seen. */
  lastEventId = 0;
  timerSetAtMs: number | undefined;

  constructor(workflowType: string, taskQueue: string) {
    this.#step = stepOf(workflowType);
    this.#taskQueue = taskQueue;
  }

  /** Takes a task's events and messages. */
  run(history: Uint8Array | undefined, messages: readonly Message[]): Turn {
    const isFirst = this.lastEventId === 0;
    for (const event of history === undefined ? [] : History.decode(history).events) this.#see(event);
    const counts = { activities: this.#activities, signals: this.#signals, timers: this.#timers };
    const commands = this.#step(counts, isFirst, this.#taskQueue);
    const isDone = commands.some(({ commandType }) => commandType === CommandType.COMPLETE_WORKFLOW_EXECUTION);
    const setsTimer = commands.some(({ commandType }) => commandType === CommandType.START_TIMER);
    const answers = messages.flatMap((message) => answersTo(message));
    return {
      commands: [...answers.map(({ id }) => protocolCommand(id ?? '')), ...commands],
      messages: answers,
      isDone,
      setsTimer,
    };
  }

  /** A task that failed or timed out is given again with the same events. */
  #see({ eventId, eventType, eventTime = 0 }: HistoryEvent): void {
    if (eventId <= this.lastEventId) return;
    this.lastEventId = eventId;
    if (eventType === EventType.ACTIVITY_TASK_COMPLETED) this.#activities += 1;
    else if (eventType === EventType.WORKFLOW_EXECUTION_SIGNALED) this.#signals += 1;
    else if (eventType === EventType.TIMER_STARTED) this.#timerStartedAtMs = eventTime;
    else if (eventType === EventType.TIMER_FIRED) {
      this.#timers += 1;
      this.timerEventMs = eventTime - this.#timerStartedAtMs;
    }
  }
}

const COMPLETE: Init<Command> = {
  commandType: CommandType.COMPLETE_WORKFLOW_EXECUTION,
  attributes: {},
};

/** `empty`, `open` (never ends), `activities-N` (one after the other), `timer-MS`, `signals-N`. */
function stepOf(workflowType: string): Step {
  const [kind = '', text = '0'] = workflowType.split('-');
  const number = Number(text);
  switch (kind) {
    case 'empty':
      return () => [COMPLETE];
    case 'open':
      return () => [];
    case 'activities':
      return ({ activities }, _isFirst, taskQueue) =>
        activities === number ? [COMPLETE] : [activity(activities + 1, taskQueue)];
    case 'timer':
      return ({ timers }, isFirst) => (timers > 0 ? [COMPLETE] : isFirst ? [timer(number)] : []);
    case 'signals':
      return ({ signals }) => (signals >= number ? [COMPLETE] : []);
    default:
      throw new Error(`there is no workflow type ${workflowType}`);
  }
}

function activity(number: number, taskQueue: string): Init<Command> {
  return {
    commandType: CommandType.SCHEDULE_ACTIVITY_TASK,
    attributes: {
      activityId: String(number),
      activityType: { name: 'echo' },
      taskQueue: { name: taskQueue },
      startToCloseTimeout: 60_000,
      requestEagerExecution: true,
    },
  };
}

function timer(startToFireTimeout: number): Init<Command> {
  return { commandType: CommandType.START_TIMER, attributes: { timerId: '1', startToFireTimeout } };
}

const protocolCommand = (messageId: string): Init<Command> => ({
  commandType: CommandType.PROTOCOL_MESSAGE,
  attributes: { messageId },
});

const TYPE_PREFIX = 'type.googleapis.com/temporal.api.update.v1.';

/** Every update is accepted and completed at once. */
function answersTo(message: Message): Init<Message>[] {
  const request = UpdateRequest.decode(message.body?.value ?? new Uint8Array(0));
  const updateId = request.meta?.updateId ?? '';
  const accepted = Acceptance.encode({
    acceptedRequestMessageId: message.id,
    acceptedRequestSequencingEventId: message.eventId ?? 0,
    acceptedRequest: request,
  });
  const completed = UpdateResponse.encode({ meta: { updateId }, outcome: { success: new Uint8Array(0) } });
  return [
    {
      id: `${updateId}/accept`,
      protocolInstanceId: updateId,
      body: { typeUrl: `${TYPE_PREFIX}Acceptance`, value: accepted },
    },
    {
      id: `${updateId}/complete`,
      protocolInstanceId: updateId,
      body: { typeUrl: `${TYPE_PREFIX}Response`, value: completed },
    },
  ];
}
