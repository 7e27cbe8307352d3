/** One execution driven by hand, for the tests of this folder: every transition is checked against the fold of its bytes. */
import assert from 'node:assert/strict';
import { EventTypeNames, HistoryEvent, enumName } from '@perdure/protocol';
import type {
  Command,
  CommandAttributes,
  Init,
  RespondWorkflowTaskCompletedRequest,
  StartWorkflowExecutionRequest,
  CommandType,
  EventType,
} from '@perdure/protocol';
import { DEFAULT_LIMITS } from '../limits.js';
import type { Limits } from '../limits.js';
import { isRejection } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import { emptyState } from './apply-started.js';
import type { Env } from './draft.js';
import type { Effect } from './effects.js';
import type { Input } from './inputs.js';
import { encodeFacts, joinHistory, persisted, replayTransition } from './snapshot.js';
import { beginRun, newRunFromRequest } from './start.js';
import type { ExecutionState } from './state.js';
import { seal, transition } from './transition.js';
import type { Transition } from './transition.js';

export class TestRun {
  nowMs = 1_000_000;
  state: ExecutionState;
  effects: Effect[] = [];
  readonly history: HistoryEvent[] = [];
  #ids = 0;
  readonly #limits: Limits;

  constructor(request: Partial<StartWorkflowExecutionRequest> = {}, limits: Partial<Limits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    const full = { ...START, ...request };
    const run = newRunFromRequest(full, { namespaceId: 'ns', runId: this.env.newId() }, this.env, false);
    this.state = emptyState(run);
    this.#absorb(this.state, seal(beginRun(run, this.env), undefined));
  }

  get env(): Env {
    return {
      nowMs: this.nowMs,
      limits: this.#limits,
      newId: () => `00000000-0000-4000-8000-${String((this.#ids += 1)).padStart(12, '0')}`,
      random: () => 0.5,
      checkSearchAttributes: () => undefined,
      namespaceId: (name) => (name === 'other' ? 'other-ns' : undefined),
      retentionMs: 86_400_000,
      typedSearchAttributes: (fields) => fields,
    };
  }

  input(input: Input): Transition | Rejection {
    const result = transition(this.state, input, this.env);
    if (!isRejection(result)) this.#absorb(this.state, result);
    return result;
  }

  accepted(input: Input): Transition {
    const result = this.input(input);
    assert.ok(!isRejection(result), `refused: ${JSON.stringify(result)}`);
    return result;
  }

  startTask(): void {
    const task = this.state.workflowTask;
    assert.ok(task, 'no workflow task is pending');
    const poll = { identity: 'worker', requestId: `poll-${(this.#ids += 1)}`, isSticky: task.isSticky };
    this.accepted({
      kind: 'workflowTaskStarted',
      scheduledEventId: task.scheduledEventId,
      attempt: task.attempt,
      poll,
    });
  }

  complete(commands: Command[] = [], more: Partial<RespondWorkflowTaskCompletedRequest> = {}): Transition | Rejection {
    const task = this.state.workflowTask;
    assert.ok(task, 'no workflow task is pending');
    const request = { ...COMPLETED, commands, ...more };
    return this.input({ kind: 'workflowTaskCompleted', task, request });
  }

  /** Starts and completes the pending task. */
  task(commands: Command[] = []): Transition | Rejection {
    this.startTask();
    return this.complete(commands);
  }

  signal(signalName: string): void {
    const signal = {
      signalName,
      input: undefined,
      header: undefined,
      identity: 'client',
      requestId: `signal-${(this.#ids += 1)}`,
      links: [],
      endsStartDelay: false,
    };
    this.accepted({ kind: 'signal', signal });
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.accepted({ kind: 'timerDue' });
  }

  get names(): string[] {
    return this.history.map((event) => shortName(event.eventType));
  }

  #absorb(before: ExecutionState, result: Transition): void {
    const replayed = result.isStored
      ? replayTransition(before, joinHistory(result.events), encodeFacts(result.records))
      : before;
    assert.deepEqual(
      persisted(replayed),
      persisted(result.state),
      'the fold of what is stored differs from the decided state',
    );
    this.state = result.state;
    this.effects.push(...result.effects);
    for (const bytes of result.events) this.history.push(HistoryEvent.decode(bytes));
    this.history.forEach((event, index) => assert.equal(event.eventId, index + 1));
  }
}

export function shortName(eventType: EventType): string {
  return (enumName(EventTypeNames, eventType) ?? String(eventType)).replace('EVENT_TYPE_', '');
}

export function command<K extends CommandType>(commandType: K, attributes: Init<CommandAttributes[K]>): Command {
  return { commandType, userMetadata: undefined, attributes, eventGroupMarkers: [] } as unknown as Command;
}

const START: StartWorkflowExecutionRequest = {
  namespace: 'default',
  workflowId: 'wf',
  workflowType: { name: 'type' },
  taskQueue: { name: 'queue', kind: 1, normalName: '' },
  identity: 'client',
  requestId: 'start-1',
  workflowIdReusePolicy: 1,
  workflowIdConflictPolicy: 1,
  cronSchedule: '',
  requestEagerExecution: false,
  completionCallbacks: [],
  links: [],
};

const COMPLETED: RespondWorkflowTaskCompletedRequest = {
  taskToken: new Uint8Array(0),
  commands: [],
  identity: 'worker',
  returnNewWorkflowTask: false,
  forceCreateNewWorkflowTask: false,
  binaryChecksum: '',
  queryResults: new Map(),
  namespace: 'default',
  messages: [],
  versioningBehavior: 0,
  resourceId: '',
  workerInstanceKey: '',
  workerControlTaskQueue: '',
  pageNumber: 0,
  intermediatePage: false,
};
