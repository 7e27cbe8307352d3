/** What goes into and comes out of matching. */
import type { OrderKey } from '../core/queue/backlog.js';
import type { WindowLoad } from '../core/queue/window.js';

/** `sticky`: workflow tasks for the one worker that has the runs in its cache. */
export type TaskKind = 'workflow' | 'sticky' | 'activity';

/** One queue. */
export interface QueueKey {
  readonly namespaceId: string;
  readonly kind: TaskKind;
  readonly name: string;
}

/** A long poll that waits. A value: nothing is held while it is parked. */
export interface ParkedPoller {
  /** Unique on the node: where the answer goes. */
  readonly pollId: number;
  readonly queue: QueueKey;
  readonly identity: string;
  /** Empty if the worker did not say. */
  readonly workerInstanceKey: string;
  readonly deadlineMs: number;
  readonly parkedAtMs: number;
  readonly isSticky: boolean;
  /** Of a sticky queue: the queue that its tasks fall back to; else empty. */
  readonly normalName: string;
  /** Only handed through. */
  readonly versionInfo?: unknown;
  /** Tasks a second that the worker says it takes; only shown. Default: no limit. */
  readonly ratePerSecond?: number;
}

export interface QueuedTask extends OrderKey {
  /** Order of creation, from 1; 0 for a task without a row: speculative workflow tasks and direct queries. */
  readonly taskNo: number;
  readonly queue: QueueKey;
  readonly runId: string;
  readonly execNo: number;
  readonly scheduledEventId: number;
  readonly attempt: number;
  readonly stamp: number;
  readonly createdAtMs: number;
  /** 1..5, lower first; 3 is the default. */
  readonly priorityKey: number;
  readonly fairnessKey: string;
  readonly fairnessWeight: number;
  /** From `Matching.assign`. */
  readonly passTicket: number;
  /** Of a direct query task. */
  readonly queryId?: string;
}

export type NewTask = Omit<QueuedTask, 'passTicket'>;

export interface Match {
  readonly task: QueuedTask;
  readonly poller: ParkedPoller;
}

/** Rows of one queue to read: those with a key above `after`, in key order. */
export interface QueueLoad extends WindowLoad {
  readonly queue: QueueKey;
}

/** What operators set for a queue. */
export interface QueueRates {
  /** Undefined: as the worker says, else no limit. 0 stops the queue. */
  readonly perSecond: number | undefined;
  /** Of each fairness key, times its weight. */
  readonly perKeyPerSecond: number | undefined;
  /** Fairness key → weight, in place of what tasks say. */
  readonly weights: ReadonlyMap<string, number>;
}

export interface MatchingLimits {
  readonly backlogTasksInMemoryMax: number;
  /** A poll with less time left is not claimed for a task that is not stored. Default 1 s. */
  readonly worthwhilePollMs?: number;
  /** How long a poller is shown after it was last seen. Default 5 min. */
  readonly pollerHistoryMs?: number;
  readonly pollerIdentitiesPerQueueMax?: number;
  readonly fairnessKeysPerPriorityMax?: number;
}

export interface PollerInfo {
  readonly identity: string;
  readonly lastAccessMs: number;
  readonly ratePerSecond: number;
}

export interface BacklogStats {
  /** Approximate while part of the backlog is only in the store. */
  readonly backlogCount: number;
  /** Age of the task that is served next; 0 without one. */
  readonly backlogAgeMs: number;
  /** Tasks a second over the last half minute. */
  readonly addRate: number;
  readonly dispatchRate: number;
}

export interface QueueDescription extends BacklogStats {
  readonly pollers: readonly PollerInfo[];
  /** The limit in force and who set it; undefined = none. */
  readonly rateLimit?: { readonly perSecond: number; readonly isFromWorker: boolean };
  /** Only priorities that saw tasks. What is only in the store counts in the total alone. */
  readonly byPriority: ReadonlyMap<number, BacklogStats>;
}

/** The polls of one worker. */
export type WorkerSelector =
  { readonly workerInstanceKey: string } | { readonly identity: string; readonly queue: QueueKey };
