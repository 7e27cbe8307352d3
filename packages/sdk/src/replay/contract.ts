/**
 * The two messages between the replay core and the workflow runtime, as plain data that can cross into another thread:
 * an Activation says what happened, a Completion says what the workflow's code asks for in answer.
 *
 * 1. Payloads, headers, memos, failures and search attributes are encoded protobuf messages and never looked into here.
 * 2. `seq` numbers are given by the runtime, per kind of command, starting at 1.
 * 3. Times are milliseconds since the epoch, durations milliseconds; names say so.
 */
import type {
  ContinueAsNewWorkflowExecutionCommandAttributes,
  Init,
  RequestCancelExternalWorkflowExecutionCommandAttributes,
  ScheduleActivityTaskCommandAttributes,
  SignalExternalWorkflowExecutionCommandAttributes,
  StartChildWorkflowExecutionCommandAttributes,
  StartChildWorkflowExecutionFailedCause,
  SuggestContinueAsNewReason,
  WorkflowExecutionStartedEventAttributes,
} from '@perdure/protocol';

/** Into the sandbox: what happened since the last activation of this run. */
export interface Activation {
  readonly runId: string;
  /** The workflow's clock; it never goes back. */
  readonly timestampMs: number;
  /** The code has run this before: logs and metrics stay silent. An activation of queries alone counts as replay. */
  readonly isReplaying: boolean;
  /** Number of the last event that the run has seen. */
  readonly historyLength: number;
  readonly historySizeBytes: number;
  readonly continueAsNewSuggested: boolean;
  readonly continueAsNewReasons: readonly SuggestContinueAsNewReason[];
  /** Flags of the runtime that this history was made with. */
  readonly runtimeFlags: readonly number[];
  /** Name and version of the SDK that completed the last Workflow Task that named one; empty before. */
  readonly lastSdkName: string;
  readonly lastSdkVersion: string;
  /** Of the worker that first did, or now does, this task; empty when it named none. */
  readonly buildId: string;
  readonly deploymentName: string;
  /** In the order in which the runtime must apply them. Queries come alone. */
  readonly jobs: readonly Job[];
}

/** One thing that happened. */
export type Job =
  | {
      readonly kind: 'initialize';
      readonly workflowId: string;
      /** Seeds `Math.random`, `uuid4` and the random streams. */
      readonly randomnessSeed: bigint;
      readonly startTimeMs: number;
      readonly attributes: WorkflowExecutionStartedEventAttributes;
    }
  | { readonly kind: 'notifyHasPatch'; readonly patchId: string }
  | { readonly kind: 'updateRandomSeed'; readonly randomnessSeed: bigint }
  | {
      readonly kind: 'signal';
      readonly signalName: string;
      readonly input: Uint8Array | undefined;
      readonly header: Uint8Array | undefined;
      readonly identity: string;
    }
  | {
      readonly kind: 'doUpdate';
      readonly updateId: string;
      /** Names the update in `respondUpdate`. */
      readonly protocolInstanceId: string;
      readonly updateName: string;
      readonly args: Uint8Array | undefined;
      readonly header: Uint8Array | undefined;
      readonly identity: string;
      /** False when history says that it was accepted before. */
      readonly runValidator: boolean;
    }
  | { readonly kind: 'cancelWorkflow'; readonly reason: string }
  | { readonly kind: 'fireTimer'; readonly seq: number }
  | { readonly kind: 'resolveActivity'; readonly seq: number; readonly isLocal: boolean; readonly result: Resolution }
  | { readonly kind: 'resolveChildStart'; readonly seq: number; readonly result: ChildStart }
  | { readonly kind: 'resolveChild'; readonly seq: number; readonly result: ClosedResolution }
  | { readonly kind: 'resolveSignalExternal'; readonly seq: number; readonly failure: Uint8Array | undefined }
  | { readonly kind: 'resolveCancelExternal'; readonly seq: number; readonly failure: Uint8Array | undefined }
  | {
      readonly kind: 'query';
      readonly queryId: string;
      readonly queryName: string;
      readonly args: Uint8Array | undefined;
      readonly header: Uint8Array | undefined;
    };

/** How an activity or a child ended. `result` is encoded Payloads, `failure` an encoded Failure. */
export type ClosedResolution =
  | { readonly status: 'completed'; readonly result: Uint8Array | undefined }
  | { readonly status: 'failed'; readonly failure: Uint8Array }
  | { readonly status: 'cancelled'; readonly failure: Uint8Array };

/** A local activity may also ask to be scheduled again after a durable timer. */
export type Resolution =
  | ClosedResolution
  | {
      readonly status: 'backoff';
      /** Number of the attempt to make next. */
      readonly attempt: number;
      readonly backoffMs: number;
      readonly originalScheduleTimeMs: number | undefined;
    };

export type ChildStart =
  | { readonly status: 'started'; readonly runId: string }
  | {
      readonly status: 'failed';
      readonly workflowId: string;
      readonly workflowType: string;
      readonly cause: StartChildWorkflowExecutionFailedCause;
    }
  | { readonly status: 'cancelled'; readonly failure: Uint8Array };

/** Out of the sandbox. A failed activation fails the Workflow Task, not the workflow. */
export type Completion =
  | {
      readonly status: 'ok';
      readonly commands: readonly WorkflowCommand[];
      /** Flags of the runtime that this activation relied on for the first time. */
      readonly usedFlags?: readonly number[];
      /** What the workflow's definition says; absent when it says nothing and the worker's default holds. */
      readonly versioningBehavior?: 'PINNED' | 'AUTO_UPGRADE' | undefined;
    }
  | { readonly status: 'failed'; readonly failure: Uint8Array };

/**
 * What to do with a running activity when the code cancels it. `tryCancel`: ask and go on at once; `waitCompleted`: ask
 * and wait for its end; `abandon`: go on at once and do not ask.
 */
export type ActivityCancellation = 'tryCancel' | 'waitCompleted' | 'abandon';

/** The same for a child; `waitRequested` waits until the request has reached it. */
export type ChildCancellation = 'tryCancel' | 'waitCompleted' | 'waitRequested' | 'abandon';

/** Command of any kind may carry encoded UserMetadata (summary and details), which history keeps. */
interface Described {
  readonly userMetadata?: Uint8Array | undefined;
}

export interface StartTimer extends Described {
  readonly kind: 'startTimer';
  readonly seq: number;
  readonly durationMs: number;
}
export interface ScheduleActivity extends Described {
  readonly kind: 'scheduleActivity';
  readonly seq: number;
  readonly cancellation: ActivityCancellation;
  readonly attributes: Init<ScheduleActivityTaskCommandAttributes>;
}
/** Runs in the worker of this run; history gets one marker with the result. */
export interface ScheduleLocalActivity extends Described {
  readonly kind: 'scheduleLocalActivity';
  readonly seq: number;
  readonly cancellation: ActivityCancellation;
  readonly activityId: string;
  readonly activityType: string;
  /** More than 1 after a back-off by a durable timer. */
  readonly attempt: number;
  readonly originalScheduleTimeMs?: number | undefined;
  /** From this back-off on, retries wait by a durable timer instead of in the worker. */
  readonly localRetryThresholdMs?: number | undefined;
  readonly attributes: Init<Omit<ScheduleActivityTaskCommandAttributes, 'activityId' | 'activityType' | 'taskQueue'>>;
}
export interface StartChild extends Described {
  readonly kind: 'startChild';
  readonly seq: number;
  readonly cancellation: ChildCancellation;
  readonly attributes: Init<StartChildWorkflowExecutionCommandAttributes>;
}
export interface SignalExternal extends Described {
  readonly kind: 'signalExternal';
  readonly seq: number;
  readonly attributes: Init<SignalExternalWorkflowExecutionCommandAttributes>;
}
export interface CancelExternal extends Described {
  readonly kind: 'cancelExternal';
  readonly seq: number;
  readonly attributes: Init<RequestCancelExternalWorkflowExecutionCommandAttributes>;
}
/** `upsertSearchAttributes`: encoded SearchAttributes; `modifyMemo`: encoded Memo. */
export interface Upsert extends Described {
  readonly kind: 'upsertSearchAttributes' | 'modifyMemo';
  readonly value: Uint8Array;
}
/** The end of the run. Only the first one of a Workflow Task counts. */
export type CloseWorkflow = Described &
  (
    | { readonly kind: 'completeWorkflow'; readonly result?: Uint8Array | undefined }
    | { readonly kind: 'failWorkflow'; readonly failure: Uint8Array }
    | { readonly kind: 'cancelWorkflow'; readonly details?: Uint8Array | undefined }
    | {
        readonly kind: 'continueAsNew';
        readonly attributes: Init<ContinueAsNewWorkflowExecutionCommandAttributes>;
      }
  );
/** An update is first accepted or rejected, and if accepted, completed or failed later. */
export interface RespondUpdate {
  readonly kind: 'respondUpdate';
  readonly protocolInstanceId: string;
  readonly response:
    | { readonly status: 'accepted' }
    | { readonly status: 'rejected'; readonly failure: Uint8Array }
    | { readonly status: 'completed'; readonly result: Uint8Array | undefined }
    | { readonly status: 'failed'; readonly failure: Uint8Array };
}
export interface AnswerQuery {
  readonly kind: 'answerQuery';
  readonly queryId: string;
  readonly answer:
    | { readonly status: 'answered'; readonly result: Uint8Array | undefined }
    | { readonly status: 'failed'; readonly message: string; readonly failure: Uint8Array | undefined };
}

/** One thing that the workflow's code asks for. */
export type WorkflowCommand =
  | StartTimer
  | ScheduleActivity
  | ScheduleLocalActivity
  | StartChild
  | SignalExternal
  | CancelExternal
  | Upsert
  | CloseWorkflow
  | RespondUpdate
  | AnswerQuery
  | { readonly kind: 'cancelTimer' | 'cancelActivity' | 'cancelLocalActivity' | 'cancelSignal'; readonly seq: number }
  | { readonly kind: 'cancelChild'; readonly seq: number; readonly reason: string }
  | { readonly kind: 'setPatch'; readonly patchId: string; readonly deprecated: boolean };

/** What the worker reports of a local activity that it ran. */
export interface LocalResult {
  readonly seq: number;
  readonly attempt: number;
  readonly result: Resolution;
  readonly completeTimeMs: number;
  readonly originalScheduleTimeMs: number;
}
