/** Everything that can happen to a Workflow Execution: a closed union. */
import type {
  PollActivityTaskQueueRequest,
  PollWorkflowTaskQueueRequest,
  RecordActivityTaskHeartbeatRequest,
  RequestCancelWorkflowExecutionRequest,
  RespondActivityTaskCanceledRequest,
  RespondActivityTaskCompletedRequest,
  RespondActivityTaskFailedRequest,
  RespondWorkflowTaskCompletedRequest,
  RespondWorkflowTaskFailedRequest,
  SignalWorkflowExecutionRequest,
  TerminateWorkflowExecutionRequest,
  UpdateWorkflowExecutionRequest,
  WorkerVersionStamp,
} from '@perdure/protocol';
import type { ExecutionMessage } from './messages.js';

export type Input =
  | { readonly kind: 'signal'; readonly signal: SignalInput }
  | { readonly kind: 'requestCancel'; readonly request: RequestCancelWorkflowExecutionRequest }
  | { readonly kind: 'terminate'; readonly request: TerminateWorkflowExecutionRequest }
  | {
      readonly kind: 'attachRequest';
      readonly requestId: string;
      readonly callbacks: readonly Uint8Array[];
      readonly links: readonly Uint8Array[];
    }
  | {
      readonly kind: 'workflowTaskStarted';
      readonly scheduledEventId: number;
      readonly attempt: number;
      readonly poll: WorkflowPoller;
    }
  | {
      readonly kind: 'workflowTaskCompleted';
      readonly task: WorkflowTaskRef;
      readonly request: RespondWorkflowTaskCompletedRequest;
    }
  | {
      readonly kind: 'workflowTaskFailed';
      readonly task: WorkflowTaskRef;
      readonly request: RespondWorkflowTaskFailedRequest;
    }
  | { readonly kind: 'workflowTaskNotDelivered'; readonly task: WorkflowTaskRef }
  | {
      readonly kind: 'activityTaskStarted';
      readonly scheduledEventId: number;
      readonly stamp: number;
      readonly poll: ActivityPoller;
    }
  | {
      readonly kind: 'activityCompleted';
      readonly activity: ActivityRef;
      readonly request: Pick<RespondActivityTaskCompletedRequest, 'result' | 'identity' | 'workerVersion'>;
    }
  | {
      readonly kind: 'activityFailed';
      readonly activity: ActivityRef;
      readonly request: Pick<
        RespondActivityTaskFailedRequest,
        'failure' | 'identity' | 'lastHeartbeatDetails' | 'workerVersion'
      >;
    }
  | {
      readonly kind: 'activityCanceled';
      readonly activity: ActivityRef;
      readonly request: Pick<RespondActivityTaskCanceledRequest, 'details' | 'identity' | 'workerVersion'>;
    }
  | {
      readonly kind: 'activityHeartbeat';
      readonly activity: ActivityRef;
      readonly request: Pick<RecordActivityTaskHeartbeatRequest, 'details' | 'identity'>;
    }
  | { readonly kind: 'activityNotDelivered'; readonly activity: ActivityRef }
  | { readonly kind: 'update'; readonly request: UpdateWorkflowExecutionRequest }
  | { readonly kind: 'resetSticky' }
  /** The sticky worker left: a waiting task goes to the normal queue at once. */
  | { readonly kind: 'stickyUnavailable'; readonly scheduledEventId: number }
  | { readonly kind: 'timerDue' }
  | { readonly kind: 'message'; readonly message: ExecutionMessage };

export interface SignalInput {
  readonly signalName: string;
  readonly input: Uint8Array | undefined;
  readonly header: Uint8Array | undefined;
  readonly identity: string;
  readonly requestId: string;
  readonly links: readonly Uint8Array[];
  /** A signal-with-start ends a start delay, a plain signal does not. */
  readonly endsStartDelay: boolean;
}

export function signalInput(request: SignalWorkflowExecutionRequest): SignalInput {
  const { signalName, input, header, identity, requestId, links } = request;
  return { signalName, input, header, identity, requestId, links, endsStartDelay: false };
}

export type WorkflowPoller = Pick<PollWorkflowTaskQueueRequest, 'identity'> & {
  readonly workerVersion?: WorkerVersionStamp | undefined;
  /** An eager first task starts together with the run: there was no history before it. */
  readonly isEagerStart?: boolean;
  readonly requestId: string;
  /** The queue the poll was on: a task taken from the normal queue ends stickiness. */
  readonly isSticky: boolean;
};
export type ActivityPoller = Pick<PollActivityTaskQueueRequest, 'identity'> & { readonly requestId: string };

/** Identity of one started workflow task, from its token. */
export interface WorkflowTaskRef {
  readonly scheduledEventId: number;
  readonly startedEventId: number;
  readonly attempt: number;
}

/** One activity, by token (attempt checked) or by id (current attempt). */
export type ActivityRef =
  | {
      readonly by: 'token';
      readonly scheduledEventId: number;
      readonly attempt: number;
      readonly stamp: number;
      readonly activityId: string;
    }
  | { readonly by: 'id'; readonly activityId: string };
