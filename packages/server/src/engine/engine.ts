/**
 * The engine: sans-I/O. `handle(message)` returns the effects to perform; the run loop performs them in production, the
 * simulator in its own world. It owns the runs in memory and carries work between its parts:
 *
 *   shard (decide) → committer (write) → outbox and replies (after the flush); matching and timers feed the shard.
 */
import { encodeHistoryToken, isClosed, nextDueMs, transition } from '../core/execution/index.js';
import type { Effect, Env, Input, Transition } from '../core/execution/index.js';
import type { Limits } from '../core/limits.js';
import { isRejection, reject, workflowNotFound } from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import type { CommitGroup, Random, Write } from '../ports/index.js';
import { Committer } from './committer.js';
import { sealChange } from './decision.js';
import type { Decision, SealContext } from './decision.js';
import { RunDirectory, stale } from './directory.js';
import { NO_CONTEXT, perform } from './effects.js';
import type { TaskContext } from './effects.js';
import { Matching } from './matching.js';
import type { ParkedPoller, QueuedTask } from './matching.js';
import type {
  EngineEffect,
  EngineMessage,
  EngineReply,
  EngineRequest,
  Read,
  ReadAnswer,
  ReplyTo,
  StartedTaskHandle,
} from './messages.js';
import { Namespaces } from './namespaces.js';
import { Outbox } from './outbox.js';
import { startTask, taskUndelivered } from './polls.js';
import { loadQueues } from './queue-loads.js';
import { route } from './router.js';
import type { Run } from './run.js';
import { RunEnv } from './run-env.js';
import { putExecution, retentionDueMs } from './rows.js';
import { fireTimers } from './time.js';
import { Timers } from './timers.js';
import { QueueSettingsDirectory } from './queue-settings.js';
import { notifyWaiters } from './notify.js';
import { Waits } from './waits.js';

export interface EngineOptions {
  readonly limits: Limits;
  readonly random: Random;
  /** Milliseconds since the epoch; read once per message. */
  readonly nowMs: () => number;
  /**
   * The clock of callers: their deadlines, polls, rates. Default: `nowMs`. Another one where time is skipped: what a month
   * of skipped time is to executions is an instant to who waits for an answer.
   */
  readonly realNowMs?: () => number;
  /** Checked after every decision when set: the simulator's fold check. */
  readonly inspect?: (run: Run) => void;
}

export class Engine {
  readonly limits: Limits;
  readonly random: Random;
  readonly namespaces = new Namespaces();
  readonly queueSettings = new QueueSettingsDirectory();
  readonly matching: Matching;
  readonly timers: Timers;
  readonly waits = new Waits();
  readonly runs: RunDirectory;
  readonly outbox: Outbox;
  nowMs = 0;
  /** The same moment on the clock of callers. */
  realNowMs = 0;
  lastTaskNo = 0;
  lastExecNo = 0;
  /** Polls whose task is being started: their callers may leave meanwhile. */
  readonly gone = new Set<ReplyTo>();
  readonly starting = new Set<ReplyTo>();
  /** Sticky queues that are looked after (sticky-queues.ts), by their text. */
  readonly watchedQueues = new Set<string>();

  readonly #options: EngineOptions;
  readonly #sealContext: SealContext;
  #effects: EngineEffect[] = [];
  #committer: Committer | undefined;
  readonly #reads = new Map<number, (answer: ReadAnswer) => void>();
  #lastReadId = 0;
  #wakeAtMs: number | undefined;
  /** Waits of the engine itself have negative numbers; callers have positive ones. */
  #lastInternalWait = 0;
  #haltReason: string | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.limits = options.limits;
    this.random = options.random;
    this.matching = new Matching({
      backlogTasksInMemoryMax: options.limits.backlogTasksInMemoryMax,
      worthwhilePollMs: options.limits.worthwhilePollMs,
    });
    this.timers = new Timers({ windowMs: 60_000, windowRowsMax: 10_000 });
    this.runs = new RunDirectory(this);
    this.outbox = new Outbox(this);
    this.#sealContext = {
      limits: options.limits,
      putExecution: (run) => putExecution(this, run),
      retentionDueMs: (run) => retentionDueMs(this, run),
    };
  }

  /** Takes a batch of messages at one moment; what they decide shares one commit group. */
  handle(messages: readonly EngineMessage[]): EngineEffect[] {
    this.nowMs = this.#options.nowMs();
    this.realNowMs = this.#options.realNowMs?.() ?? this.nowMs;
    for (const message of messages) this.#take(message);
    // Look-ups are answered before the world gets its turn: were timers fired with them, many due would keep it waiting.
    this.#settle(messages.some(({ kind }) => kind !== 'read'));
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** How many runs are in memory, for metrics and tests. */
  get runsInMemory(): number {
    return this.runs.size;
  }

  env(namespaceId: string): Env {
    return new RunEnv(this, namespaceId);
  }

  // ---- effects

  reply(replyTo: ReplyTo, response: object, task?: StartedTaskHandle): void {
    this.#reply(replyTo, { ok: true, response }, task);
  }

  refuse(replyTo: ReplyTo, rejection: Rejection): void {
    this.#reply(replyTo, { ok: false, rejection });
  }

  #reply(replyTo: ReplyTo, reply: EngineReply, task?: StartedTaskHandle): void {
    this.waits.end(replyTo);
    this.#effects.push(
      task === undefined ? { kind: 'reply', replyTo, reply } : { kind: 'reply', replyTo, reply, task },
    );
  }

  read(read: Read, then: (answer: ReadAnswer) => void): void {
    this.#lastReadId += 1;
    this.#reads.set(this.#lastReadId, then);
    this.#effects.push({ kind: 'read', readId: this.#lastReadId, read });
  }

  log(level: 'info' | 'warn' | 'error', message: string): void {
    this.#effects.push({ kind: 'log', level, message });
  }

  // ---- tasks

  /** A task is visible: it meets a parked poll, or waits. */
  offer(task: QueuedTask): void {
    this.offerMatched(this.matching.offer(task, this.realNowMs), task);
  }

  offerMatched(poller: ParkedPoller | undefined, task: QueuedTask): void {
    if (poller !== undefined) startTask(this, task, poller);
  }

  undelivered(task: StartedTaskHandle): void {
    taskUndelivered(this, task);
  }

  perform(decision: Decision, run: Run, effect: Effect): void {
    perform(this, decision, run, effect, NO_CONTEXT);
  }

  /** Continues a history in GetWorkflowExecutionHistory. */
  historyToken(run: Run, nextEventId: number): Uint8Array {
    return encodeHistoryToken({ runId: run.runId, nextEventId, isReverse: false });
  }

  /** Acts at a time, as long as the process lives; by the clock of callers, however fast that of executions goes. */
  later(atMs: number, act: () => void): void {
    this.#lastInternalWait -= 1;
    this.waits.add(this.#lastInternalWait, atMs - this.nowMs + this.realNowMs, act, () => undefined);
  }

  // ---- deciding

  /**
   * One input to one run. A refusal is answered (by `refused`) once the state it was read from is on disk; a transition
   * is absorbed with all its effects, and sealed into the group being gathered.
   */
  decide(
    run: Run,
    input: Input,
    decision: Decision,
    context: TaskContext,
    refused: (rejection: Rejection) => void,
    seen?: (transition: Transition) => void,
  ): boolean {
    const result = this.transit(run, input);
    if (isRejection(result)) {
      this.afterRun(run, () => refused(run.isVoid ? stale() : result));
      return false;
    }
    seen?.(result);
    decision.absorb(run, result);
    const { rejection } = result;
    // A caller that is refused gets no tasks with its answer.
    const taskContext = rejection === undefined ? context : NO_CONTEXT;
    for (const effect of result.effects) perform(this, decision, run, effect, taskContext);
    if (rejection !== undefined) this.afterDecision(decision, () => refused(rejection));
    return rejection === undefined;
  }

  /** A pure transition with the engine's environment. A broken invariant sets the run aside, the others go on. */
  transit(run: Run, input: Input): ReturnType<typeof transition> {
    // A run that is set aside can still be ended.
    if (run.quarantined !== undefined && input.kind !== 'terminate') {
      return reject(
        'WORKFLOW_QUARANTINED',
        `This run is set aside after an internal error: ${run.quarantined}. It can be described and terminated.`,
      );
    }
    try {
      return transition(run.state, input, this.env(run.state.namespaceId));
    } catch (error) {
      run.quarantined = error instanceof Error ? error.message : String(error);
      this.log('error', `run ${run.runId} of workflow ${run.state.workflowId} is set aside: ${run.quarantined}`);
      return reject('WORKFLOW_QUARANTINED', `This run is set aside after an internal error: ${run.quarantined}.`);
    }
  }

  /** Seals a decision into the open group. What it must do afterwards is on the decision. */
  submit(decision: Decision): void {
    const writes: Write[] = [];
    for (const change of decision.changes.values()) sealChange(change, this.#sealContext, writes);
    for (const write of decision.writes) writes.push(write);
    decision.seal();
    const committer = this.#requireCommitter();
    if (writes.length === 0) {
      const mark = Math.max(0, ...[...decision.changes.keys()].map((run) => run.groupNumber));
      const isVoid = (): boolean => [...decision.changes.keys()].some((run) => run.isVoid);
      committer.afterGroup(mark, () => (isVoid() ? decision.voided() : decision.committed()));
    } else {
      const number = committer.submit(decision, writes);
      for (const run of decision.changes.keys()) run.groupNumber = number;
    }
    for (const run of decision.changes.keys()) this.#afterChange(run);
  }

  /** As `afterRun`, for a caller: when the state is void by then, it is told to try again. */
  answerAfter(run: Run, replyTo: ReplyTo, act: () => void): void {
    this.afterRun(run, () => (run.isVoid ? this.refuse(replyTo, stale()) : act()));
  }

  /** Acts once the run's decided state is on disk, or void (`run.isVoid`). */
  afterRun(run: Run, act: () => void): void {
    this.#requireCommitter().afterGroup(run.groupNumber, act);
  }

  /** Nothing decided about the run is still on its way to disk. */
  isFlushed(run: Run): boolean {
    return this.#requireCommitter().isFlushed(run.groupNumber);
  }

  afterDecision(decision: Decision, act: () => void): void {
    decision.onCommitted(act);
  }

  afterAll(act: () => void): void {
    this.#requireCommitter().afterAll(act);
  }

  #afterChange(run: Run): void {
    const { state } = run;
    run.lastUsedMs = this.nowMs;
    this.runs.resized(run);
    const dueMs = isClosed(state.status) ? run.armedDueMs : nextDueMs(state);
    const wakeMs = dueMs === undefined ? run.armedDueMs : Math.min(dueMs, run.armedDueMs ?? dueMs);
    if (wakeMs === undefined) this.timers.disarm(run.execNo);
    else this.timers.arm(run.execNo, wakeMs, this.nowMs);
    run.queries?.reconcile(this, run);
    this.#options.inspect?.(run);
    this.afterRun(run, () => notifyWaiters(this, run));
  }

  // ---- messages

  #take(message: EngineMessage): void {
    switch (message.kind) {
      case 'opened': {
        const { opened } = message;
        this.lastExecNo = opened.lastExecNo;
        this.lastTaskNo = opened.lastTaskNo;
        this.outbox.lastNo = opened.lastOutboxNo;
        this.namespaces.load(message.namespaces);
        this.queueSettings.load(this, message.queueSettings);
        this.#committer = new Committer(opened.epoch, {
          commit: (group) => this.#commit(group),
          halt: (reason) => this.#halt(reason),
          voided: (decision) => this.runs.voided(decision),
        });
        for (const queue of message.queues) loadQueues.note(this, queue);
        this.outbox.recover();
        return;
      }
      case 'request':
        this.#request(message.replyTo, message.request);
        return;
      case 'callerGone':
        this.#callerGone(message.replyTo);
        return;
      case 'undelivered':
        taskUndelivered(this, message.task);
        return;
      case 'committed':
        this.#requireCommitter().committed(message.outcome);
        return;
      case 'read': {
        const then = this.#reads.get(message.readId);
        this.#reads.delete(message.readId);
        then?.(message.answer);
        return;
      }
      case 'tick':
        return;
      case 'drain':
        for (const poller of this.matching.expirePolls(Infinity)) this.reply(poller.pollId, {});
        this.waits.expireCallers();
        return;
    }
  }

  #request(replyTo: ReplyTo, request: EngineRequest): void {
    if (this.#haltReason !== undefined) {
      this.refuse(replyTo, reject('UNAVAILABLE', `The Service is stopping: ${this.#haltReason}.`));
      return;
    }
    route(this, replyTo, request);
  }

  #callerGone(replyTo: ReplyTo): void {
    if (this.waits.end(replyTo) || this.matching.cancelPoll(replyTo)) return;
    if (this.starting.has(replyTo)) this.gone.add(replyTo);
  }

  /** Everything that one message set in motion, until only outside effects are left. */
  #settle(mayFire: boolean): void {
    const committer = this.#committer;
    if (committer === undefined || this.#haltReason !== undefined) return;
    for (const poller of this.matching.expirePolls(this.realNowMs)) this.reply(poller.pollId, {});
    this.waits.expire(this.realNowMs);
    if (mayFire) fireTimers(this);
    // What a flush releases may match again, and what is matched wants to be flushed: until two passes find nothing.
    for (let quiet = 0; quiet < 2;) {
      const matches = this.matching.takeMatches(this.realNowMs);
      quiet = matches.length === 0 ? quiet + 1 : 0;
      for (const { task, poller } of matches) startTask(this, task, poller);
      committer.flush();
    }
    loadQueues.read(this);
    this.runs.evict();
    this.#wake();
  }

  #wake(): void {
    const callersMs = earlier(
      this.waits.nextDeadlineMs(),
      earlier(this.matching.nextDeadlineMs(), this.matching.nextRateDueMs()),
    );
    const earliest = earlier(
      this.timers.nextDueMs(),
      callersMs === undefined ? undefined : callersMs - this.realNowMs + this.nowMs,
    );
    if (earliest === this.#wakeAtMs && earliest !== undefined && earliest > this.nowMs) return;
    this.#wakeAtMs = earliest;
    this.#effects.push({ kind: 'wake', atMs: earliest });
  }

  #commit(group: CommitGroup): void {
    this.#effects.push({ kind: 'commit', group });
  }

  #halt(reason: string): void {
    this.#haltReason = reason;
    this.#effects.push({ kind: 'halt', reason });
  }

  #requireCommitter(): Committer {
    if (this.#committer === undefined) throw new Error('the engine takes requests only after the store was opened');
    return this.#committer;
  }
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}

export const runNotFound = (workflowId: string, runId: string): Rejection =>
  runId === ''
    ? workflowNotFound(workflowId)
    : reject(
        'WORKFLOW_NOT_FOUND',
        `workflow execution not found for workflow ID "${workflowId}" and run ID "${runId}"`,
      );
