/** One run of a workflow as the replay core knows it: its machines, what waits to go out, where it is in history. */
import type { SuggestContinueAsNewReason, UpdateRequest } from '@perdure/protocol';
import type { AnswerQuery, Job, LocalResult } from './contract.js';
import { CoreFlag, createFlags } from './flags.js';
import type { Flags } from './flags.js';
import { createReader } from './history-reader.js';
import type { HistoryReader } from './history-reader.js';
import type { ActivityMachine } from './machines/activity.js';
import type { ChildMachine } from './machines/child.js';
import type { ExternalCancelMachine } from './machines/external-cancel.js';
import type { ExternalSignalMachine } from './machines/external-signal.js';
import type { LocalActivityMachine } from './machines/local-activity.js';
import type { Machine, MachineOutput } from './machines/machine.js';
import type { TimerMachine } from './machines/timer.js';
import type { IncomingUpdate, UpdateMachine } from './machines/update.js';
import type { WorkflowTaskMachine } from './machines/workflow-task.js';
import type { LocalActivityMarker } from './markers.js';
import type { Deviation } from './mismatch.js';

export interface RunOptions {
  readonly runId: string;
  /** For histories that do not tell (before 1.20 of the server). */
  readonly workflowId: string;
  /** Recorded in history with the first task, and whenever they change. */
  readonly sdkName: string;
  readonly sdkVersion: string;
  readonly buildId: string;
  readonly deploymentName: string;
}

export interface Run extends MachineOutput {
  readonly options: RunOptions;
  readonly reader: HistoryReader;
  readonly flags: Flags;
  replaying: boolean;
  /** Up to this event, history was processed before the present task. */
  previousStartedEventId: number;
  lastEventId: number;
  /** An upsert that belongs to a skipped marker, or 0. */
  skippedEventId: number;
  /** History has its end, or the code asked for it. */
  ended: boolean;
  closedByCode: boolean;
  historySizeBytes: number;
  continueAsNewSuggested: boolean;
  continueAsNewReasons: readonly SuggestContinueAsNewReason[];
  buildId: string;
  deploymentName: string;
  /** A Workflow Task is held that has not been answered. */
  hasTask: boolean;
  /** What local activities reported while no task was held: it must stay out of the list of commands until one comes. */
  lateResults: LocalResult[];
  /** An activation is out; its completion has not come back. */
  activating: boolean;
  /** Given out and not yet answered. */
  askedQueries: string[];
  queries: Extract<Job, { kind: 'query' }>[];
  answers: Map<string, AnswerQuery['answer']>;
  readonly workflowTask: WorkflowTaskMachine;
  readonly byEventId: Map<number, Machine>;
  readonly timers: Map<number, TimerMachine>;
  readonly activities: Map<number, ActivityMachine>;
  readonly localActivities: Map<number, LocalActivityMachine>;
  readonly children: Map<number, ChildMachine>;
  readonly externalSignals: Map<number, ExternalSignalMachine>;
  readonly externalCancels: Map<number, ExternalCancelMachine>;
  readonly updates: Map<string, UpdateMachine>;
  /** Updates of the present task that are not delivered yet. */
  incoming: IncomingUpdate[];
  /** Requests that history admitted, by id: an acceptance may leave them out. */
  readonly admitted: Map<string, UpdateRequest>;
  readonly localMarkersAhead: Map<number, LocalActivityMarker>;
  /** By patch: whether the code has asked for it (else history only has its marker). */
  readonly patches: Map<string, boolean>;
  /** The first ones, to tell the user of; the worker may take them. */
  deviations: Deviation[];
}

export function createRun(options: RunOptions): Run {
  const flags = createFlags();
  return {
    options,
    reader: createReader(),
    flags,
    jobs: [],
    outgoing: [],
    messages: [],
    localToRun: [],
    localToCancel: [],
    replaying: false,
    timeMs: 0,
    get checksIds() {
      return !this.replaying || flags.core.has(CoreFlag.CHECKS_IDS);
    },
    previousStartedEventId: 0,
    lastEventId: 0,
    skippedEventId: 0,
    ended: false,
    closedByCode: false,
    historySizeBytes: 0,
    continueAsNewSuggested: false,
    continueAsNewReasons: [],
    buildId: '',
    deploymentName: '',
    hasTask: false,
    lateResults: [],
    activating: false,
    askedQueries: [],
    queries: [],
    answers: new Map(),
    workflowTask: { state: 'none' },
    byEventId: new Map(),
    timers: new Map(),
    activities: new Map(),
    localActivities: new Map(),
    children: new Map(),
    externalSignals: new Map(),
    externalCancels: new Map(),
    updates: new Map(),
    incoming: [],
    admitted: new Map(),
    localMarkersAhead: new Map(),
    patches: new Map(),
    deviations: [],
  };
}

/** A machine that nothing can reach any more takes no memory: a run may start a million timers. */
export function forget(run: Run, machine: Machine): void {
  switch (machine.kind) {
    case 'timer':
      run.timers.delete(machine.command.seq);
      break;
    case 'activity':
      run.activities.delete(machine.command.seq);
      break;
    case 'localActivity':
      run.localActivities.delete(machine.command.seq);
      break;
    case 'child':
      run.children.delete(machine.command.seq);
      break;
    case 'externalSignal':
      run.externalSignals.delete(machine.command.seq);
      break;
    case 'externalCancel':
      if (machine.byCode) run.externalCancels.delete(machine.command.seq);
      break;
    case 'update':
      run.updates.delete(machine.incoming.protocolInstanceId);
      break;
    case 'close':
    case 'patch':
    case 'upsert':
      break;
  }
}
