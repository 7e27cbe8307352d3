/** What a handler is: a pure function from a request to a plan. It reads the context, never the world. */
import type {
  DescribeWorkflowExecutionResponse,
  ExecuteMultiOperationResponse,
  Init,
  PollActivityTaskQueueResponse,
  PollWorkflowExecutionUpdateResponse,
  PollWorkflowTaskQueueResponse,
  QueryWorkflowResponse,
  RecordActivityTaskHeartbeatResponse,
  RequestCancelWorkflowExecutionResponse,
  RespondActivityTaskFailedResponse,
  RespondWorkflowTaskCompletedResponse,
  SignalWithStartWorkflowExecutionResponse,
  SignalWorkflowExecutionResponse,
  StartWorkflowExecutionResponse,
  TaskToken,
  UpdateWorkflowExecutionResponse,
} from '@perdure/protocol';
import type { Limits } from '../core/limits.js';
import type { Rejection } from '../core/rejection.js';
import type {
  EngineRequest,
  HistoryAnswer,
  NamespaceRecord,
  QueueSettings,
  TaskQueueAnswer,
} from '../engine/messages.js';
import type { CountGroup, ListPage } from '../ports/index.js';

/** All that a handler may know besides its request. Made anew for every call. */
export interface ApiContext {
  /** Real time, by which callers count: the clock of `deadlineMs`. */
  readonly nowMs: number;
  /** What time it is for executions: the same, unless time is skipped. */
  readonly executionNowMs: number;
  readonly limits: Limits;
  readonly namespaces: NamespaceDirectory;
  readonly serverVersion: string;
  readonly clusterId: string;
  readonly clusterName: string;
  /** `sqlite`, `memory`, … */
  readonly storeName: string;
  /** `host:port` where this server is reached, for answers that name it; empty if unknown. */
  readonly address: string;
  readonly caller: Caller;
  /** When the caller gives up; undefined = it did not say. */
  readonly deadlineMs: number | undefined;
  /** A fresh random UUID. */
  newId(): string;
}

export interface NamespaceDirectory {
  byName(name: string): NamespaceRecord | undefined;
  byId(id: string): NamespaceRecord | undefined;
  /** In an order that stays the same while pages of it are read. */
  list(): readonly NamespaceRecord[];
}

export interface Caller {
  /** Of the `client-name` header, such as `temporal-typescript`; empty if it did not say. */
  readonly clientName: string;
  readonly clientVersion: string;
  /** A request header by its lower-case name. */
  header(name: string): string | undefined;
}

/** What is to be done about a request. */
export type Plan<Response> = Answer<Response> | Rejection | Ask<Response>;

export interface Answer<Response> {
  readonly kind: 'answer';
  readonly response: Init<Response>;
}

/** The engine is asked first; `respond` makes the response of its answer. Refusals of the engine do not get here. */
export interface Ask<Response> {
  readonly kind: 'ask';
  readonly request: EngineRequest;
  readonly respond: (answer: object) => Init<Response> | Rejection;
}

export type Handler<Request, Response> = (request: Request, context: ApiContext) => Plan<Response>;
export type NamespaceHandler<Request, Response> = (
  request: Request,
  context: ApiContext,
  namespace: NamespaceRecord,
) => Plan<Response>;
export type TokenHandler<Request, Response> = (
  request: Request,
  context: ApiContext,
  namespace: NamespaceRecord,
  token: TaskToken,
) => Plan<Response>;

/** What the engine answers to each kind of request. */
export interface EngineAnswers {
  start: Init<StartWorkflowExecutionResponse>;
  signalWithStart: Init<SignalWithStartWorkflowExecutionResponse>;
  updateWithStart: Init<ExecuteMultiOperationResponse>;
  signal: Init<SignalWorkflowExecutionResponse>;
  requestCancel: Init<RequestCancelWorkflowExecutionResponse>;
  terminate: Nothing;
  deleteExecution: Nothing;
  resetSticky: Nothing;
  describe: Init<DescribeWorkflowExecutionResponse>;
  query: Init<QueryWorkflowResponse>;
  update: Init<UpdateWorkflowExecutionResponse>;
  pollUpdate: Init<PollWorkflowExecutionUpdateResponse>;
  getHistory: HistoryAnswer;
  pollWorkflowTask: Init<PollWorkflowTaskQueueResponse>;
  pollActivityTask: Init<PollActivityTaskQueueResponse>;
  respondWorkflowTaskCompleted: Init<RespondWorkflowTaskCompletedResponse>;
  respondWorkflowTaskFailed: Nothing;
  respondQueryTaskCompleted: Nothing;
  activityHeartbeat: Init<RecordActivityTaskHeartbeatResponse>;
  respondActivityCompleted: Nothing;
  respondActivityFailed: Init<RespondActivityTaskFailedResponse>;
  respondActivityCanceled: Nothing;
  shutdownWorker: Nothing;
  list: ListPage;
  count: readonly CountGroup[];
  describeTaskQueue: TaskQueueAnswer;
  updateTaskQueueConfig: QueueSettings;
  putNamespace: Nothing;
  deleteNamespace: Nothing;
  barrier: Nothing;
}

/** An answer without content. */
export type Nothing = Readonly<Record<string, never>>;

type RequestOfKind<K extends EngineRequest['kind']> = Extract<EngineRequest, { readonly kind: K }>;

export function answer<Response>(response: Init<Response>): Answer<Response> {
  return { kind: 'answer', response };
}

export function ask<Response, K extends EngineRequest['kind']>(
  request: RequestOfKind<K> & { readonly kind: K },
  respond: (answer: EngineAnswers[K]) => Init<Response> | Rejection,
): Ask<Response> {
  // The engine pairs request and answer as EngineAnswers says; its reply type does not repeat it.
  return { kind: 'ask', request, respond: (reply) => respond(reply as EngineAnswers[K]) };
}

/** For requests whose answer is the response, field by field. */
export function asAnswered<T>(reply: T): T {
  return reply;
}

/** For requests that are answered with an empty message. */
export const asNothing = (): Nothing => ({});
