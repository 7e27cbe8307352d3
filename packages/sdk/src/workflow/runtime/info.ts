/** What a workflow knows about itself. */
import { decompileRetryPolicy } from '../../conversion/retry-policy.js';
import type { RetryPolicy } from '../../conversion/retry-policy.js';
import { decodePriority } from '../../conversion/priority.js';
import type { Priority } from '../../conversion/priority.js';
import type { TypedSearchAttributes } from '../../conversion/search-attributes.js';
import { decodeSuggestContinueAsNewReason } from '../../conversion/versioning.js';
import type { SuggestContinueAsNewReason, WorkerDeploymentVersion } from '../../conversion/versioning.js';
import type { Activation } from '../../replay/contract.js';
import { toData } from './data.js';
import { fillFrom, uuid4From } from './random.js';
import type { Run } from './run.js';
import { decodeMemo, decodeSearchAttributes, decodeValue } from './values.js';

/** What activations say about a run. */
export type InfoFacts = Omit<Activation, 'jobs'>;

export interface WorkflowInfo {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  /** With the upserts of this run. */
  readonly typedSearchAttributes: TypedSearchAttributes;
  /** With the upserts of this run. */
  readonly memo?: Record<string, unknown> | undefined;
  /** Absent for workflows that a client or schedule started. */
  readonly parent?: ParentWorkflowInfo | undefined;
  /** The top of the tree of parents; absent when this workflow is it. */
  readonly root?: RootWorkflowInfo | undefined;
  /** Result of the last run that completed, of a cron or schedule. */
  readonly lastResult?: unknown;
  /** How the last run failed, of a retry or cron. */
  readonly lastFailure?: Error | undefined;
  /** Events up to the present task. */
  readonly historyLength: number;
  /** Bytes up to the present task. */
  readonly historySize: number;
  /** The server thinks it is time for a continue-as-new. */
  readonly continueAsNewSuggested: boolean;
  /** Of worker deployments: a pinned workflow could move. Always false for now. */
  readonly targetWorkerDeploymentVersionChanged: boolean;
  readonly suggestedContinueAsNewReasons?: SuggestContinueAsNewReason[] | undefined;
  readonly taskQueue: string;
  readonly namespace: string;
  /** The first run of the chain of continue-as-new, retries and cron. */
  readonly firstExecutionRunId: string;
  /** The run before a reset; else this one. */
  readonly originalExecutionRunId: string;
  /** The run before in the chain. */
  readonly continuedFromExecutionRunId?: string | undefined;
  /** When the execution started. */
  readonly startTime: Date;
  /** When this run started. */
  readonly runStartTime: Date;
  /** Absent: no limit. */
  readonly executionTimeoutMs?: number | undefined;
  readonly executionExpirationTime?: Date | undefined;
  /** Absent: no limit. */
  readonly runTimeoutMs?: number | undefined;
  readonly taskTimeoutMs: number;
  readonly retryPolicy?: RetryPolicy | undefined;
  /** From 1 on. */
  readonly attempt: number;
  readonly cronSchedule?: string | undefined;
  /** Milliseconds between this run of a cron and the one before. */
  readonly cronScheduleToScheduleInterval?: number | undefined;
  /** Of the worker that does this task, or did it first. */
  readonly currentBuildId?: string | undefined;
  readonly currentDeploymentVersion?: WorkerDeploymentVersion | undefined;
  readonly priority?: Priority | undefined;
  readonly unsafe: UnsafeWorkflowInfo;
}

/** For diagnostics only: code that acts on it does not replay. */
export interface UnsafeWorkflowInfo {
  /** The real clock, milliseconds since the epoch. */
  readonly now: () => number;
  /** The code has run this before, or answers a query. */
  readonly isReplaying: boolean;
  /** The code has run this before. */
  readonly isReplayingHistoryEvents: boolean;
  /** Real randomness. */
  readonly random: UnsafeRandomSource;
}

export interface UnsafeRandomSource {
  random(): number;
  uuid4(): string;
  fillRandom(bytes: Uint8Array): Uint8Array;
}

export interface ParentWorkflowInfo {
  workflowId: string;
  runId: string;
  namespace: string;
}

export interface RootWorkflowInfo {
  workflowId: string;
  runId: string;
}

// The realm's own, taken before they are replaced: this module is loaded first.
const realNow = Date.now;
const realRandom = { random: Math.random };
const unsafeRandom: UnsafeRandomSource = {
  random: () => realRandom.random(),
  uuid4: () => uuid4From(realRandom),
  fillRandom: (bytes) => fillFrom(realRandom, bytes),
};

/** Decoded once, when somebody asks for the info. */
export interface DecodedInfo {
  readonly typedSearchAttributes: TypedSearchAttributes;
  readonly memo: Record<string, unknown>;
  readonly lastResult: unknown;
  readonly lastFailure: Error | undefined;
}

export function workflowInfoOf(run: Run): WorkflowInfo {
  const { setup, facts } = run;
  run.decoded ??= decode(run);
  return {
    ...startInfo(run),
    ...run.decoded,
    workflowId: setup.workflowId,
    runId: setup.runId,
    workflowType: setup.workflowType,
    namespace: setup.namespace,
    taskQueue: setup.taskQueue,
    historyLength: facts?.historyLength ?? 0,
    historySize: facts?.historySizeBytes ?? 0,
    continueAsNewSuggested: facts?.continueAsNewSuggested ?? false,
    targetWorkerDeploymentVersionChanged: false,
    suggestedContinueAsNewReasons: facts?.continueAsNewReasons
      .map((reason) => decodeSuggestContinueAsNewReason(reason))
      .filter((reason) => reason !== undefined),
    currentBuildId: facts?.buildId ?? '',
    currentDeploymentVersion: facts?.deploymentName
      ? { buildId: facts.buildId, deploymentName: facts.deploymentName }
      : undefined,
    unsafe: {
      now: realNow,
      isReplaying: run.isReplaying,
      isReplayingHistoryEvents: run.isReplayingHistoryEvents,
      random: unsafeRandom,
    },
  };
}

function decode(run: Run): DecodedInfo {
  const { memo, searchAttributes, lastCompletionResult, continuedFailure } = run.init?.attributes ?? {};
  return {
    typedSearchAttributes: decodeSearchAttributes(searchAttributes),
    memo: decodeMemo(run.conversion, memo),
    lastResult: decodeValue(run.conversion, lastCompletionResult),
    lastFailure: continuedFailure && run.errorOf(continuedFailure),
  };
}

/** What does not change in the life of a run. */
function startInfo({ init, setup, startedAtMs }: Run) {
  const attributes = init?.attributes;
  const parent = attributes?.parentWorkflowExecution;
  const root = attributes?.rootWorkflowExecution;
  const expirationTime = attributes?.workflowExecutionExpirationTime;
  return {
    parent: parent && { ...parent, namespace: attributes.parentWorkflowNamespace },
    root: root && root.workflowId !== setup.workflowId ? { ...root } : undefined,
    firstExecutionRunId: attributes?.firstExecutionRunId || setup.runId,
    originalExecutionRunId: attributes?.originalExecutionRunId || setup.runId,
    continuedFromExecutionRunId: attributes?.continuedExecutionRunId || undefined,
    startTime: new Date(init?.startTimeMs ?? startedAtMs),
    runStartTime: new Date(startedAtMs),
    executionTimeoutMs: attributes?.workflowExecutionTimeout || undefined,
    executionExpirationTime: expirationTime === undefined ? undefined : new Date(expirationTime),
    runTimeoutMs: attributes?.workflowRunTimeout || undefined,
    taskTimeoutMs: attributes?.workflowTaskTimeout ?? 0,
    retryPolicy: decompileRetryPolicy(attributes?.retryPolicy),
    attempt: attributes?.attempt ?? 1,
    cronSchedule: attributes?.cronSchedule || undefined,
    cronScheduleToScheduleInterval: attributes?.firstWorkflowTaskBackoff || undefined,
    priority: attributes?.priority && decodePriority(attributes.priority),
  };
}

/** Without its functions, as plain data. */
export function infoData({ unsafe, ...info }: WorkflowInfo): Readonly<Record<string, unknown>> {
  const { isReplaying, isReplayingHistoryEvents } = unsafe;
  const data = toData(info) as Record<string, unknown>;
  return { ...data, unsafe: { isReplaying, isReplayingHistoryEvents } };
}
