/**
 * What the engine is told and what it asks for. The engine is sans-I/O: the run loop (or the simulator) performs effects
 * and answers with messages.
 */
import type {
  DescribeTaskQueueRequest,
  DescribeWorkflowExecutionRequest,
  NamespaceInfo,
  PollActivityTaskQueueRequest,
  PollWorkflowExecutionUpdateRequest,
  PollWorkflowTaskQueueRequest,
  QueryWorkflowRequest,
  RecordActivityTaskHeartbeatRequest,
  RequestCancelWorkflowExecutionRequest,
  RespondActivityTaskCanceledRequest,
  RespondActivityTaskCompletedRequest,
  RespondActivityTaskFailedRequest,
  RespondQueryTaskCompletedRequest,
  RespondWorkflowTaskCompletedRequest,
  RespondWorkflowTaskFailedRequest,
  ShutdownWorkerRequest,
  SignalWithStartWorkflowExecutionRequest,
  SignalWorkflowExecutionRequest,
  StartWorkflowExecutionRequest,
  TaskToken,
  TerminateWorkflowExecutionRequest,
  UpdateTaskQueueConfigRequest,
  UpdateWorkflowExecutionRequest,
} from '@perdure/protocol';
import type { ActivityRef, WorkflowTaskRef } from '../core/execution/index.js';
import type { Rejection } from '../core/rejection.js';
import type {
  CommitGroup,
  CommitOutcome,
  CountGroup,
  CurrentRun,
  DispatchOrder,
  DispatchQueue,
  DispatchRow,
  ExecNo,
  ExecutionKey,
  HistoryBatch,
  HistoryRange,
  ListFilter,
  ListPage,
  OutboxRow,
  StoredExecution,
  StoreOpened,
  TimerRow,
} from '../ports/index.js';
import type { QueueDescription } from './matching-contract.js';

/** Identifies one waiting caller; unique per engine. */
export type ReplyTo = number;

/** Requests are validated and complete (ids filled in, defaults set) before they reach the engine. */
export type EngineRequest =
  // one execution
  | { readonly kind: 'start'; readonly namespaceId: string; readonly request: StartWorkflowExecutionRequest }
  | {
      readonly kind: 'signalWithStart';
      readonly namespaceId: string;
      readonly request: SignalWithStartWorkflowExecutionRequest;
    }
  | {
      readonly kind: 'updateWithStart';
      readonly namespaceId: string;
      readonly start: StartWorkflowExecutionRequest;
      readonly update: UpdateWorkflowExecutionRequest;
      readonly deadlineMs: number;
    }
  | { readonly kind: 'signal'; readonly namespaceId: string; readonly request: SignalWorkflowExecutionRequest }
  | {
      readonly kind: 'requestCancel';
      readonly namespaceId: string;
      readonly request: RequestCancelWorkflowExecutionRequest;
    }
  | { readonly kind: 'terminate'; readonly namespaceId: string; readonly request: TerminateWorkflowExecutionRequest }
  | {
      readonly kind: 'deleteExecution';
      readonly namespaceId: string;
      readonly workflowId: string;
      readonly runId: string;
    }
  | { readonly kind: 'resetSticky'; readonly namespaceId: string; readonly workflowId: string; readonly runId: string }
  | { readonly kind: 'describe'; readonly namespaceId: string; readonly request: DescribeWorkflowExecutionRequest }
  | {
      readonly kind: 'query';
      readonly namespaceId: string;
      readonly request: QueryWorkflowRequest;
      readonly deadlineMs: number;
    }
  | {
      readonly kind: 'update';
      readonly namespaceId: string;
      readonly request: UpdateWorkflowExecutionRequest;
      readonly deadlineMs: number;
    }
  | {
      readonly kind: 'pollUpdate';
      readonly namespaceId: string;
      readonly request: PollWorkflowExecutionUpdateRequest;
      readonly deadlineMs: number;
    }
  | { readonly kind: 'getHistory'; readonly namespaceId: string; readonly history: HistoryRequest }
  // workers
  | {
      readonly kind: 'pollWorkflowTask';
      readonly namespaceId: string;
      readonly request: PollWorkflowTaskQueueRequest;
      readonly deadlineMs: number;
    }
  | {
      readonly kind: 'pollActivityTask';
      readonly namespaceId: string;
      readonly request: PollActivityTaskQueueRequest;
      readonly deadlineMs: number;
    }
  | {
      readonly kind: 'respondWorkflowTaskCompleted';
      readonly token: TaskToken;
      readonly request: RespondWorkflowTaskCompletedRequest;
    }
  | {
      readonly kind: 'respondWorkflowTaskFailed';
      readonly token: TaskToken;
      readonly request: RespondWorkflowTaskFailedRequest;
    }
  | {
      readonly kind: 'respondQueryTaskCompleted';
      readonly token: TaskToken;
      readonly request: RespondQueryTaskCompletedRequest;
    }
  | {
      readonly kind: 'activityHeartbeat';
      readonly target: ActivityTarget;
      readonly request: Pick<RecordActivityTaskHeartbeatRequest, 'details' | 'identity'>;
    }
  | {
      readonly kind: 'respondActivityCompleted';
      readonly target: ActivityTarget;
      readonly request: Pick<RespondActivityTaskCompletedRequest, 'result' | 'identity' | 'workerVersion'>;
    }
  | {
      readonly kind: 'respondActivityFailed';
      readonly target: ActivityTarget;
      readonly request: Pick<
        RespondActivityTaskFailedRequest,
        'failure' | 'identity' | 'lastHeartbeatDetails' | 'workerVersion'
      >;
    }
  | {
      readonly kind: 'respondActivityCanceled';
      readonly target: ActivityTarget;
      readonly request: Pick<RespondActivityTaskCanceledRequest, 'details' | 'identity' | 'workerVersion'>;
    }
  | { readonly kind: 'shutdownWorker'; readonly namespaceId: string; readonly request: ShutdownWorkerRequest }
  // lists, queues, namespaces
  | { readonly kind: 'list'; readonly filter: ListFilter }
  | { readonly kind: 'count'; readonly filter: ListFilter }
  | { readonly kind: 'describeTaskQueue'; readonly namespaceId: string; readonly request: DescribeTaskQueueRequest }
  | {
      readonly kind: 'updateTaskQueueConfig';
      readonly namespaceId: string;
      readonly request: UpdateTaskQueueConfigRequest;
    }
  | { readonly kind: 'putNamespace'; readonly namespace: NamespaceRecord; readonly mustBeNew: boolean }
  | { readonly kind: 'deleteNamespace'; readonly namespaceId: string }
  /** Answers when everything decided so far is on disk. */
  | { readonly kind: 'barrier' };

export type ActivityTarget =
  | { readonly by: 'token'; readonly token: TaskToken }
  | {
      readonly by: 'id';
      readonly namespaceId: string;
      readonly workflowId: string;
      readonly runId: string;
      readonly activityId: string;
    };

export interface HistoryRequest {
  readonly workflowId: string;
  readonly runId: string;
  /** First event wanted (forward) or last event wanted (reverse; 0 = the newest). */
  readonly fromEventId: number;
  readonly pageSize: number;
  readonly reverse: boolean;
  /** Wait until there is an event past `fromEventId`, or the close. */
  readonly wait: boolean;
  readonly closeEventOnly: boolean;
  /** Append the two events of a pending transient or speculative workflow task (SDK clients want them). */
  readonly withPendingTask: boolean;
  readonly deadlineMs: number;
}

/** One namespace as stored. Times in milliseconds since the epoch. */
export interface NamespaceRecord {
  readonly id: string;
  readonly name: string;
  /** NamespaceState of the API. */
  readonly state: NamespaceInfo['state'];
  readonly description: string;
  readonly ownerEmail: string;
  readonly data: ReadonlyMap<string, string>;
  readonly retentionMs: number;
  readonly createdAtMs: number;
  /** Custom search attributes: name → IndexedValueType number. */
  readonly searchAttributes: ReadonlyMap<string, number>;
}

/** What operators set for a task queue. */
export interface QueueSettings {
  readonly rate: RateSetting | undefined;
  /** Of each fairness key. */
  readonly keyRate: RateSetting | undefined;
  /** Fairness key → weight. */
  readonly weights: ReadonlyMap<string, number>;
}

export interface RateSetting {
  /** Undefined: taken away. */
  readonly perSecond: number | undefined;
  readonly reason: string;
  readonly identity: string;
  readonly updatedAtMs: number;
}

/** As stored. */
export interface QueueSettingsRecord {
  readonly namespaceId: string;
  /** TaskQueueType of the API. */
  readonly type: number;
  readonly name: string;
  readonly settings: QueueSettings;
}

/** Answers: the response's fields (the api layer encodes them), or why not. */
export type EngineReply =
  { readonly ok: true; readonly response: EngineResponse } | { readonly ok: false; readonly rejection: Rejection };

/** The response message of the RPC that was asked, loosely typed here: api/table.ts pairs them exactly. */
export type EngineResponse = object;

/** The two queues of one name, whatever type was asked for; api/task-queue.ts picks. */
export interface TaskQueueAnswer {
  readonly workflow: QueueDescription;
  readonly activity: QueueDescription;
  /** Of the type that was asked for. */
  readonly settings: QueueSettings | undefined;
}

/** A page of history as the engine answers it. */
export interface HistoryAnswer {
  /** Encoded History. */
  readonly history: Uint8Array;
  readonly runId: string;
  /** Where the next page begins; undefined = this was the last. */
  readonly nextEventId: number | undefined;
  readonly isRunning: boolean;
  /** The run goes on in another (retry, cron, continue-as-new). */
  readonly hasSuccessor: boolean;
}

export type EngineMessage =
  | { readonly kind: 'request'; readonly replyTo: ReplyTo; readonly request: EngineRequest }
  /** The caller went away: its poll or wait is dropped; an answer under way is undeliverable. */
  | { readonly kind: 'callerGone'; readonly replyTo: ReplyTo }
  /** The answer could not be handed to the caller's stream. */
  | { readonly kind: 'undelivered'; readonly task: StartedTaskHandle }
  | {
      readonly kind: 'opened';
      readonly opened: StoreOpened;
      readonly namespaces: readonly NamespaceRecord[];
      readonly queues: readonly DispatchQueue[];
      readonly queueSettings: readonly QueueSettingsRecord[];
    }
  | { readonly kind: 'committed'; readonly number: number; readonly outcome: CommitOutcome }
  | { readonly kind: 'read'; readonly readId: number; readonly answer: ReadAnswer }
  | { readonly kind: 'tick' }
  /** The Service is about to stop: whoever waits gets an empty answer now and asks again elsewhere. */
  | { readonly kind: 'drain' };

export type EngineEffect =
  /** `task`: what to hand back as 'undelivered' when the caller's stream is gone. */
  | {
      readonly kind: 'reply';
      readonly replyTo: ReplyTo;
      readonly reply: EngineReply;
      readonly task?: StartedTaskHandle;
    }
  | { readonly kind: 'commit'; readonly group: CommitGroup }
  | { readonly kind: 'read'; readonly readId: number; readonly read: Read }
  /** Call back with a tick at this time; replaces the wake asked for before. */
  | { readonly kind: 'wake'; readonly atMs: number | undefined }
  /** The engine cannot go on: NOT_SERVING, and exit. */
  | { readonly kind: 'halt'; readonly reason: string }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string };

export type Read =
  | { readonly kind: 'execution'; readonly key: ExecutionKey }
  | { readonly kind: 'current'; readonly namespaceId: string; readonly workflowId: string }
  | { readonly kind: 'history'; readonly range: HistoryRange }
  | { readonly kind: 'timers'; readonly fromMs: number; readonly beforeMs: number; readonly limit: number }
  | {
      readonly kind: 'dispatch';
      readonly queue: string;
      readonly after: DispatchOrder | undefined;
      readonly limit: number;
    }
  | { readonly kind: 'outbox'; readonly afterNo: number; readonly limit: number }
  | { readonly kind: 'list'; readonly filter: ListFilter }
  | { readonly kind: 'count'; readonly filter: ListFilter }
  | { readonly kind: 'namespaceExecutions'; readonly namespaceId: string; readonly limit: number };

export type ReadAnswer =
  | { readonly kind: 'execution'; readonly execution: StoredExecution | undefined }
  | { readonly kind: 'current'; readonly current: CurrentRun | undefined }
  | { readonly kind: 'history'; readonly batches: readonly HistoryBatch[] }
  | { readonly kind: 'timers'; readonly rows: readonly TimerRow[] }
  | { readonly kind: 'dispatch'; readonly rows: readonly DispatchRow[] }
  | { readonly kind: 'outbox'; readonly rows: readonly OutboxRow[] }
  | { readonly kind: 'list'; readonly page: ListPage }
  | { readonly kind: 'count'; readonly groups: readonly CountGroup[] }
  | { readonly kind: 'namespaceExecutions'; readonly execNos: readonly ExecNo[] }
  /** The read could not be done (time limit, I/O): whoever waits for it is told UNAVAILABLE. */
  | { readonly kind: 'failed'; readonly reason: string };

/** A task that was started for a poll, in case the answer cannot be delivered. */
export type StartedTaskHandle =
  | { readonly kind: 'workflow'; readonly runId: string; readonly execNo: ExecNo; readonly task: WorkflowTaskRef }
  | { readonly kind: 'activity'; readonly runId: string; readonly execNo: ExecNo; readonly activity: ActivityRef };
