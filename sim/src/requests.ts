/** Requests as the api layer hands them to the engine: complete, with ids filled in. Made by way of the wire format. */
import {
  PollActivityTaskQueueRequest,
  PollWorkflowTaskQueueRequest,
  QueryWorkflowRequest,
  RequestCancelWorkflowExecutionRequest,
  RespondQueryTaskCompletedRequest,
  RespondWorkflowTaskCompletedRequest,
  RespondWorkflowTaskFailedRequest,
  ShutdownWorkerRequest,
  SignalWithStartWorkflowExecutionRequest,
  SignalWorkflowExecutionRequest,
  StartWorkflowExecutionRequest,
  TerminateWorkflowExecutionRequest,
  UpdateWorkflowExecutionRequest,
  decodeTaskToken,
} from '@perdure/protocol';
import type { Init, MessageType, TaskToken } from '@perdure/protocol';
import type { EngineRequest, HistoryRequest } from '@perdure/server/engine';

export const NAMESPACE = 'sim';
export const NAMESPACE_ID = '00000000-0000-4000-a000-000000000001';

/** All fields set. */
function complete<T>(codec: MessageType<T>, init: Init<NoInfer<T>>): T {
  return codec.decode(codec.encode(init));
}

type Of<K extends EngineRequest['kind']> = Extract<EngineRequest, { kind: K }>;
const namespaceId = NAMESPACE_ID;
const namespace = NAMESPACE;

export const startRequest = (init: Init<StartWorkflowExecutionRequest>): StartWorkflowExecutionRequest =>
  complete(StartWorkflowExecutionRequest, { ...init, namespace });

export const start = (request: StartWorkflowExecutionRequest): Of<'start'> => ({ kind: 'start', namespaceId, request });

export const signalWithStart = (init: Init<SignalWithStartWorkflowExecutionRequest>): Of<'signalWithStart'> => ({
  kind: 'signalWithStart',
  namespaceId,
  request: complete(SignalWithStartWorkflowExecutionRequest, { ...init, namespace }),
});

export const updateRequest = (init: Init<UpdateWorkflowExecutionRequest>): UpdateWorkflowExecutionRequest =>
  complete(UpdateWorkflowExecutionRequest, { ...init, namespace });

export const update = (request: UpdateWorkflowExecutionRequest, deadlineMs: number): Of<'update'> => ({
  kind: 'update',
  namespaceId,
  request,
  deadlineMs,
});

export const updateWithStart = (
  startOf: StartWorkflowExecutionRequest,
  updateOf: UpdateWorkflowExecutionRequest,
  deadlineMs: number,
): Of<'updateWithStart'> => ({
  kind: 'updateWithStart',
  namespaceId,
  start: startOf,
  update: updateOf,
  deadlineMs,
});

export const signal = (init: Init<SignalWorkflowExecutionRequest>): Of<'signal'> => ({
  kind: 'signal',
  namespaceId,
  request: complete(SignalWorkflowExecutionRequest, { ...init, namespace }),
});

export const requestCancel = (init: Init<RequestCancelWorkflowExecutionRequest>): Of<'requestCancel'> => ({
  kind: 'requestCancel',
  namespaceId,
  request: complete(RequestCancelWorkflowExecutionRequest, { ...init, namespace }),
});

export const terminate = (init: Init<TerminateWorkflowExecutionRequest>): Of<'terminate'> => ({
  kind: 'terminate',
  namespaceId,
  request: complete(TerminateWorkflowExecutionRequest, { ...init, namespace }),
});

export const query = (init: Init<QueryWorkflowRequest>, deadlineMs: number): Of<'query'> => ({
  kind: 'query',
  namespaceId,
  request: complete(QueryWorkflowRequest, { ...init, namespace }),
  deadlineMs,
});

export const getHistory = (
  history: Partial<HistoryRequest> & Pick<HistoryRequest, 'workflowId' | 'runId' | 'deadlineMs'>,
): Of<'getHistory'> => ({
  kind: 'getHistory',
  namespaceId,
  history: {
    fromEventId: 1,
    pageSize: 1_000,
    reverse: false,
    wait: false,
    closeEventOnly: false,
    withPendingTask: false,
    ...history,
  },
});

export const describe = (workflowId: string, runId: string): Of<'describe'> => ({
  kind: 'describe',
  namespaceId,
  request: { namespace, execution: { workflowId, runId } },
});

export const resetSticky = (workflowId: string): Of<'resetSticky'> => ({
  kind: 'resetSticky',
  namespaceId,
  workflowId,
  runId: '',
});

export const pollWorkflowTask = (
  init: Init<PollWorkflowTaskQueueRequest>,
  deadlineMs: number,
): Of<'pollWorkflowTask'> => ({
  kind: 'pollWorkflowTask',
  namespaceId,
  request: complete(PollWorkflowTaskQueueRequest, { ...init, namespace }),
  deadlineMs,
});

export const pollActivityTask = (
  init: Init<PollActivityTaskQueueRequest>,
  deadlineMs: number,
): Of<'pollActivityTask'> => ({
  kind: 'pollActivityTask',
  namespaceId,
  request: complete(PollActivityTaskQueueRequest, { ...init, namespace }),
  deadlineMs,
});

export const taskCompleted = (
  token: TaskToken,
  init: Init<RespondWorkflowTaskCompletedRequest>,
): Of<'respondWorkflowTaskCompleted'> => ({
  kind: 'respondWorkflowTaskCompleted',
  token,
  request: complete(RespondWorkflowTaskCompletedRequest, { ...init, namespace }),
});

export const taskFailed = (
  token: TaskToken,
  init: Init<RespondWorkflowTaskFailedRequest>,
): Of<'respondWorkflowTaskFailed'> => ({
  kind: 'respondWorkflowTaskFailed',
  token,
  request: complete(RespondWorkflowTaskFailedRequest, { ...init, namespace }),
});

export const queryAnswered = (
  token: TaskToken,
  init: Init<RespondQueryTaskCompletedRequest>,
): Of<'respondQueryTaskCompleted'> => ({
  kind: 'respondQueryTaskCompleted',
  token,
  request: complete(RespondQueryTaskCompletedRequest, { ...init, namespace }),
});

export const shutdownWorker = (init: Init<ShutdownWorkerRequest>): Of<'shutdownWorker'> => ({
  kind: 'shutdownWorker',
  namespaceId,
  request: complete(ShutdownWorkerRequest, { ...init, namespace }),
});

export function tokenOf(bytes: Uint8Array): TaskToken {
  const token = decodeTaskToken(bytes);
  if (token === undefined) throw new Error('a task without a valid token');
  return token;
}
