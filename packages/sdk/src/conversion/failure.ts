/** Failures that cross the boundaries between workflows, activities, clients and languages. */
import type { Duration } from './duration.js';
import { namedErrorClass } from './error-class.js';
import type { ApplicationFailureCategory, RetryState, TimeoutType } from './failure-enums.js';
import type { ProtoFailure } from './proto-failure.js';

/** Written into failures that this SDK makes: other SDKs and tools know by it how to read the stack. */
export const FAILURE_SOURCE = 'TypeScriptSDK';

/** What all failures are. Do not throw it yourself: throw an ApplicationFailure. */
export class TemporalFailure extends Error {
  /** What it was made of, when it came over the wire. */
  declare failure?: ProtoFailure;
  declare readonly cause?: Error;

  constructor(message?: string | null, cause?: Error) {
    super(message ?? undefined, cause === undefined ? undefined : { cause });
  }
}
namedErrorClass(TemporalFailure, 'TemporalFailure');

/** The server itself failed something. */
export class ServerFailure extends TemporalFailure {
  readonly nonRetryable: boolean;

  constructor(message: string | undefined, nonRetryable: boolean, cause?: Error) {
    super(message, cause);
    this.nonRetryable = nonRetryable;
  }
}
namedErrorClass(ServerFailure, 'ServerFailure');

export interface ApplicationFailureOptions {
  message?: string | undefined;
  /** What retry policies (`nonRetryableErrorTypes`) and handlers tell it by. Default: the name of the error it was made of. */
  type?: string | undefined;
  /** Default false. */
  nonRetryable?: boolean | undefined;
  /** Data for whoever handles it; converted like arguments. */
  details?: unknown[] | undefined;
  /** When the next attempt starts, instead of what the retry policy says. */
  nextRetryDelay?: Duration | undefined;
  cause?: Error | undefined;
  category?: ApplicationFailureCategory | undefined;
}

/**
 * What workflow and activity code throws to fail with a type, details and a say in retries. In a workflow it fails the execution;
 * other errors fail only the workflow task, which is tried again. Any error thrown by an activity becomes one, retryable.
 */
export class ApplicationFailure extends TemporalFailure {
  readonly type: string | undefined;
  readonly nonRetryable: boolean | undefined;
  readonly details: unknown[] | undefined;
  readonly nextRetryDelay: Duration | undefined;
  readonly category: ApplicationFailureCategory | undefined;

  /** Better: `ApplicationFailure.create`, `retryable` or `nonRetryable`. */
  constructor(
    message?: string | null,
    type?: string | null,
    nonRetryable?: boolean | null,
    details?: unknown[] | null,
    cause?: Error,
    nextRetryDelay?: Duration | null,
    category?: ApplicationFailureCategory | null,
  ) {
    super(message, cause);
    this.type = type ?? undefined;
    this.nonRetryable = nonRetryable ?? undefined;
    this.details = details ?? undefined;
    this.nextRetryDelay = nextRetryDelay ?? undefined;
    this.category = category ?? undefined;
  }

  static create(options: ApplicationFailureOptions): ApplicationFailure {
    const { message, type, nonRetryable = false, details, nextRetryDelay, cause, category } = options;
    return new this(message, type, nonRetryable, details, cause, nextRetryDelay, category);
  }

  /** With message and type of an error, which becomes the cause. */
  static fromError(error: unknown, overrides: ApplicationFailureOptions = {}): ApplicationFailure {
    const isError = error instanceof Error;
    const message = isError ? error.message : String(error);
    return this.create({
      message,
      type: isError ? error.constructor.name || error.name : undefined,
      cause: isError ? error : undefined,
      ...overrides,
    });
  }

  /** Retried as the retry policy says, unless the policy lists the type as not retryable. */
  static retryable(message?: string | null, type?: string | null, ...details: unknown[]): ApplicationFailure {
    return new this(message, type ?? 'Error', false, details);
  }

  /** Never retried. */
  static nonRetryable(message?: string | null, type?: string | null, ...details: unknown[]): ApplicationFailure {
    return new this(message, type ?? 'Error', true, details);
  }
}
namedErrorClass(ApplicationFailure, 'ApplicationFailure');

/** What a converter that checks values throws: the payload is not what it should be, and never will be. */
export function createPayloadValidationError(details: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'Payload validation failed',
    type: 'PayloadValidationError',
    nonRetryable: true,
    details: details === undefined || details === null ? [] : [details],
  });
}

/** A workflow or activity was cancelled, and took the cancellation. */
export class CancelledFailure extends TemporalFailure {
  readonly details: unknown[];

  constructor(message: string | undefined, details: unknown[] = [], cause?: Error) {
    super(message, cause);
    this.details = details;
  }
}
namedErrorClass(CancelledFailure, 'CancelledFailure');

/** A workflow was terminated. */
export class TerminatedFailure extends TemporalFailure {}
namedErrorClass(TerminatedFailure, 'TerminatedFailure');

/** A workflow or activity took longer than one of its time-outs allows. */
export class TimeoutFailure extends TemporalFailure {
  /** What the last heartbeat carried, for activities. */
  readonly lastHeartbeatDetails: unknown;
  readonly timeoutType: TimeoutType | undefined;

  constructor(message: string | undefined, lastHeartbeatDetails: unknown, timeoutType: TimeoutType | undefined) {
    super(message);
    this.lastHeartbeatDetails = lastHeartbeatDetails;
    this.timeoutType = timeoutType;
  }
}
namedErrorClass(TimeoutFailure, 'TimeoutFailure');

/** An activity failed; the reason is the cause. What workflow code gets from a call of an activity. */
export class ActivityFailure extends TemporalFailure {
  readonly activityType: string;
  readonly activityId: string | undefined;
  readonly retryState: RetryState | undefined;
  /** Of the worker that ran the last attempt. */
  readonly identity: string | undefined;

  constructor(
    message: string | undefined,
    activityType: string,
    activityId: string | undefined,
    retryState: RetryState | undefined,
    identity: string | undefined,
    cause?: Error,
  ) {
    super(message, cause);
    this.activityType = activityType;
    this.activityId = activityId;
    this.retryState = retryState;
    this.identity = identity;
  }
}
namedErrorClass(ActivityFailure, 'ActivityFailure');

/** A child workflow failed; the reason is the cause. */
export class ChildWorkflowFailure extends TemporalFailure {
  readonly namespace: string | undefined;
  readonly execution: { readonly workflowId: string; readonly runId: string };
  readonly workflowType: string;
  readonly retryState: RetryState | undefined;

  constructor(
    namespace: string | undefined,
    execution: { readonly workflowId: string; readonly runId: string },
    workflowType: string,
    retryState: RetryState | undefined,
    cause?: Error,
  ) {
    super('Child Workflow execution failed', cause);
    this.namespace = namespace;
    this.execution = execution;
    this.workflowType = workflowType;
    this.retryState = retryState;
  }
}
namedErrorClass(ChildWorkflowFailure, 'ChildWorkflowFailure');

/** A Nexus operation failed; the reason is the cause. */
export class NexusOperationFailure extends TemporalFailure {
  readonly endpoint: string;
  readonly service: string;
  readonly operation: string;
  readonly operationToken: string | undefined;

  constructor(
    message: string | undefined,
    place: { readonly endpoint: string; readonly service: string; readonly operation: string },
    operationToken: string | undefined,
    cause?: Error,
  ) {
    super(message, cause);
    this.endpoint = place.endpoint;
    this.service = place.service;
    this.operation = place.operation;
    this.operationToken = operationToken;
  }
}
namedErrorClass(NexusOperationFailure, 'NexusOperationFailure');

/**
 * There is an execution of this id, and the id policies do not allow another one. In a workflow, for a child, it fails the workflow
 * when nobody catches it.
 */
export class WorkflowExecutionAlreadyStartedError extends TemporalFailure {
  readonly workflowId: string;
  readonly workflowType: string;

  constructor(message: string, workflowId: string, workflowType: string, options: { readonly cause?: Error } = {}) {
    super(message, options.cause);
    this.workflowId = workflowId;
    this.workflowType = workflowType;
  }
}
namedErrorClass(WorkflowExecutionAlreadyStartedError, 'WorkflowExecutionAlreadyStartedError');

/** The error as an ApplicationFailure: itself if it is one, else one that carries its message, type and stack. */
export function ensureApplicationFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (!(error instanceof Error)) return new ApplicationFailure(String(error), undefined, false);
  const { cause } = error;
  const failure = ApplicationFailure.fromError(error, { cause: cause instanceof Error ? cause : undefined });
  if (error.stack !== undefined) Object.defineProperty(failure, 'stack', { value: error.stack, configurable: true });
  return failure;
}

/** The error itself if it is a failure of any kind, else an ApplicationFailure. */
export function ensureTemporalFailure(error: unknown): TemporalFailure {
  return error instanceof TemporalFailure ? error : ensureApplicationFailure(error);
}

/** The message at the bottom of a chain of failures: what really went wrong. */
export function rootCause(error: unknown): string | undefined {
  if (error instanceof TemporalFailure) return error.cause === undefined ? error.message : rootCause(error.cause);
  return error instanceof Error ? error.message : typeof error === 'string' ? error : undefined;
}
