/**
 * One run from task to task: history in, activations out, completions in, the answer to the Workflow Task out.
 *
 * 1. Synchronous and pure: whoever drives it (worker, replayer, simulation) does what the returned Step says and calls
 *    the next function. Only one activation is out at a time.
 * 2. After a fault the run must be thrown away.
 */
import type { Command, HistoryEvent, Init, Message, WorkflowQuery } from '@perdure/protocol';
import { applyCommands } from './apply-commands.js';
import { applyChunk } from './apply-events.js';
import type { Activation, AnswerQuery, Completion, Job, LocalResult, ScheduleLocalActivity } from './contract.js';
import { takeMetadata } from './flags.js';
import { addEvents, nextChunk } from './history-reader.js';
import { localActivityInput } from './machines/local-activity.js';
import { rulesOf } from './machines/rules.js';
import type { IncomingUpdate } from './machines/update.js';
import type { Fault } from './mismatch.js';
import type { Run } from './run-state.js';

/** A polled Workflow Task, decoded. */
export interface WorkflowTask {
  readonly events: readonly HistoryEvent[];
  /** No page is missing behind `events`; else the run answers `needHistory` when it gets there. */
  readonly historyComplete: boolean;
  readonly previousStartedEventId: number;
  readonly updates: readonly IncomingUpdate[];
  readonly queries: ReadonlyMap<string, WorkflowQuery>;
  /** A query that is all that the task is about. Its id is empty in activation and answer. */
  readonly directQuery?: WorkflowQuery | undefined;
}

/** What to do next. */
export type Step =
  | { readonly kind: 'activate'; readonly activation: Activation }
  /** Add the next page of history with `addHistory`. */
  | { readonly kind: 'needHistory' }
  /** Nothing until a local activity ends; near the task's timeout, call `keepAlive`. */
  | { readonly kind: 'waitForLocal' }
  | { readonly kind: 'respond'; readonly response: TaskResponse }
  | { readonly kind: 'answerQuery'; readonly answer: AnswerQuery['answer'] }
  /** All of the history fits the code, and there is no task to answer. */
  | { readonly kind: 'replayed' }
  /** The code failed, not the workflow: the task is to be failed with this. */
  | { readonly kind: 'failTask'; readonly failure: Uint8Array }
  /** Events are missing between what this run has seen and what came: throw it away and ask for the whole history. */
  | { readonly kind: 'cacheMiss' }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** For RespondWorkflowTaskCompleted; sticky attributes, identity and versioning are the worker's. */
export interface TaskResponse {
  readonly commands: readonly Init<Command>[];
  readonly messages: readonly Init<Message>[];
  readonly sdkMetadata: Uint8Array;
  readonly answers: ReadonlyMap<string, AnswerQuery['answer']>;
  /** Local activities still run: another task must follow at once. */
  readonly forceNewTask: boolean;
}

export function applyTask(run: Run, task: WorkflowTask): Step {
  if (!addEvents(run.reader, task.events, task.historyComplete, run.lastEventId)) return { kind: 'cacheMiss' };
  run.hasTask = true;
  run.replaying = task.previousStartedEventId > 0;
  run.previousStartedEventId = task.previousStartedEventId;
  run.incoming = [...task.updates];
  for (const [queryId, query] of task.queries) run.queries.push(queryJob(queryId, query));
  if (task.directQuery !== undefined) run.queries.push(queryJob('', task.directQuery));
  return advanceRun(run);
}

/** A further page of the history of the present task. */
export function addHistory(run: Run, events: readonly HistoryEvent[], complete: boolean): Step {
  if (!addEvents(run.reader, events, complete, run.lastEventId)) return { kind: 'cacheMiss' };
  return advanceRun(run);
}

/** What the code did in the activation that is out. */
export function applyCompletion(run: Run, completion: Completion): Step {
  run.activating = false;
  if (completion.status === 'failed') return { kind: 'failTask', failure: completion.failure };
  for (const flag of completion.usedFlags ?? []) run.flags.newRuntime.add(flag);
  const fault = applyCommands(run, completion.commands);
  if (fault !== undefined) return { kind: 'fault', fault };
  const unanswered = run.askedQueries.find((queryId) => !run.answers.has(queryId));
  if (unanswered !== undefined)
    return { kind: 'fault', fault: { kind: 'brokenContract', message: `Query '${unanswered}' got no answer.` } };
  run.askedQueries = [];
  return advanceRun(run);
}

/** A local activity ended. Undefined: an activation is out or no task is held, and the result comes with the next one. */
export function resolveLocalActivity(run: Run, result: LocalResult): Step | undefined {
  if (!run.hasTask) {
    run.lateResults.push(result);
    return undefined;
  }
  applyLocalResult(run, result);
  return run.activating ? undefined : advanceRun(run);
}

function applyLocalResult(run: Run, result: LocalResult): void {
  const machine = run.localActivities.get(result.seq);
  if (machine !== undefined) localActivityInput(machine, 'result', result, run);
}

/** Answers the present task with what there is, because local activities take longer than it may. */
export function keepAlive(run: Run): Step | undefined {
  if (run.activating || run.replaying || !run.hasTask) return undefined;
  return { kind: 'respond', response: takeResponse(run) };
}

/** Hands out the local activities to run and those, by seq, to cancel. Call it after every step. */
export function takeLocalWork(run: Run): { toRun: ScheduleLocalActivity[]; toCancel: number[] } {
  const work = { toRun: run.localToRun, toCancel: run.localToCancel };
  run.localToRun = [];
  run.localToCancel = [];
  return work;
}

function advanceRun(run: Run): Step {
  for (;;) {
    if (run.jobs.length > 0) {
      // The code asked for the end: whatever comes after, it does not run again.
      if (!run.closedByCode) return activate(run, takeJobs(run));
      run.jobs = [];
    }
    const chunk = nextChunk(run.reader);
    if (chunk === 'more') return { kind: 'needHistory' };
    if (chunk === 'over') {
      const late = run.lateResults.shift();
      if (late === undefined) return caughtUp(run);
      applyLocalResult(run, late);
      continue;
    }
    const fault = applyChunk(run, chunk);
    if (fault !== undefined) return { kind: 'fault', fault };
    // The last task was never started: no code has seen this.
    if (!chunk.isWhole) run.jobs = [];
  }
}

function caughtUp(run: Run): Step {
  if (run.queries.length > 0) {
    const queries = run.queries;
    run.queries = [];
    run.askedQueries = queries.map(({ queryId }) => queryId);
    return activate(run, queries);
  }
  const direct = run.answers.get('');
  if (direct !== undefined) {
    run.answers.delete('');
    run.hasTask = false;
    return { kind: 'answerQuery', answer: direct };
  }
  // A run that the server ended leaves no task to answer either.
  if (run.replaying || (run.ended && !run.closedByCode)) {
    run.hasTask = false;
    return { kind: 'replayed' };
  }
  if (!run.ended && runningLocally(run)) return { kind: 'waitForLocal' };
  return { kind: 'respond', response: takeResponse(run) };
}

function runningLocally(run: Run): boolean {
  for (const { state } of run.localActivities.values()) if (state === 'running') return true;
  return false;
}

function takeResponse(run: Run): TaskResponse {
  const commands = run.outgoing.map((outgoing) => rulesOf(outgoing.machine).toWire(outgoing.machine, outgoing));
  const { messages, answers } = run;
  run.hasTask = false;
  run.messages = [];
  run.answers = new Map();
  const { sdkName, sdkVersion } = run.options;
  const sdkMetadata = takeMetadata(run.flags, sdkName, sdkVersion);
  return { commands, messages, sdkMetadata, answers, forceNewTask: !run.ended && runningLocally(run) };
}

/** Jobs of one rank keep the order of history; queries come alone. */
const RANKS: { readonly [kind in Job['kind']]: number } = {
  initialize: 0,
  notifyHasPatch: 1,
  updateRandomSeed: 2,
  signal: 3,
  doUpdate: 3,
  cancelWorkflow: 4,
  fireTimer: 4,
  resolveActivity: 4,
  resolveChildStart: 4,
  resolveChild: 4,
  resolveSignalExternal: 4,
  resolveCancelExternal: 4,
  query: 6,
};
const LOCAL_RANK = 5;

function rankOf(job: Job): number {
  return job.kind === 'resolveActivity' && job.isLocal ? LOCAL_RANK : RANKS[job.kind];
}

function takeJobs(run: Run): readonly Job[] {
  const { jobs } = run;
  run.jobs = [];
  return jobs.length === 1 ? jobs : jobs.sort((a, b) => rankOf(a) - rankOf(b));
}

function activate(run: Run, jobs: readonly Job[]): Step {
  run.activating = true;
  const isReplaying = run.replaying || jobs.every(({ kind }) => kind === 'query');
  const activation: Activation = {
    runId: run.options.runId,
    timestampMs: run.timeMs,
    isReplaying,
    historyLength: run.lastEventId,
    historySizeBytes: run.historySizeBytes,
    continueAsNewSuggested: run.continueAsNewSuggested,
    continueAsNewReasons: run.continueAsNewReasons,
    runtimeFlags: [...run.flags.runtime],
    lastSdkName: run.flags.sdkName,
    lastSdkVersion: run.flags.sdkVersion,
    buildId: isReplaying ? run.buildId : run.options.buildId,
    deploymentName: isReplaying ? run.deploymentName : run.options.deploymentName,
    jobs,
  };
  return { kind: 'activate', activation };
}

function queryJob(queryId: string, query: WorkflowQuery): Extract<Job, { kind: 'query' }> {
  return { kind: 'query', queryId, queryName: query.queryType, args: query.queryArgs, header: query.header };
}
