/** Activities that end outside of the worker that ran them: by task token, or by the ids of execution and activity. */
import { StatusCode } from '@perdure/protocol';
import { errorToFailureBytes, valuesToBytes } from '../conversion/codec-pass.js';
import { namedErrorClass } from '../conversion/error-class.js';
import type { LoadedDataConverter } from '../conversion/data-converter.js';
import { withSerializationContext } from '../conversion/serialization-context.js';
import { ensureTemporalFailure } from '../conversion/failure.js';
import { loadContext } from './client-options.js';
import type { CommonClientOptions } from './client-options.js';
import type { ConnectionLike } from './connection.js';
import type { ClientContext } from './context.js';
import { isGrpcServiceError } from './grpc-error.js';
import { serviceError } from './service-errors.js';

/** There is no such activity, or it has ended: completed, failed, timed out, or its workflow is closed. */
export class ActivityNotFoundError extends Error {}
namedErrorClass(ActivityNotFoundError, 'ActivityNotFoundError');

/** The server refused the completion, or could not be reached; `cause` is the gRPC status. */
export class ActivityCompletionError extends Error {}
namedErrorClass(ActivityCompletionError, 'ActivityCompletionError');

/** The workflow has asked for the activity's cancellation: end it, and report that with `reportCancellation`. */
export class ActivityCancelledError extends Error {}
namedErrorClass(ActivityCancelledError, 'ActivityCancelledError');

/** An operator has paused the activity. */
export class ActivityPausedError extends Error {}
namedErrorClass(ActivityPausedError, 'ActivityPausedError');

/** An operator has reset the activity: this attempt no longer counts. */
export class ActivityResetError extends Error {}
namedErrorClass(ActivityResetError, 'ActivityResetError');

/** An activity by the ids of its execution and its own. */
export interface FullActivityId {
  workflowId: string;
  /** The newest run when absent. */
  runId?: string | undefined;
  activityId: string;
}

export type AsyncCompletionClientOptions = CommonClientOptions;

interface HeartbeatAnswer {
  readonly cancelRequested: boolean;
  readonly activityPaused: boolean;
  readonly activityReset: boolean;
}

/** Every method rejects with ActivityNotFoundError and with ActivityCompletionError. */
export class AsyncCompletionClient {
  readonly options: ClientContext;

  constructor(options: AsyncCompletionClientOptions = {}) {
    this.options = loadContext(options);
  }

  get connection(): ConnectionLike {
    return this.options.connection;
  }

  /** The activity returns this result. */
  async complete<T = unknown>(taskTokenOrFullActivityId: Uint8Array | FullActivityId, result: T): Promise<void> {
    const bytes = await valuesToBytes(this.#converter(taskTokenOrFullActivityId), [result]);
    const { workflowService } = this.connection;
    await this.#send(
      taskTokenOrFullActivityId,
      (target) => workflowService.respondActivityTaskCompleted({ ...target, result: bytes }),
      (target) => workflowService.respondActivityTaskCompletedById({ ...target, result: bytes }),
    );
  }

  /** The attempt fails; it is retried as its policy says. */
  async fail(taskTokenOrFullActivityId: Uint8Array | FullActivityId, error: unknown): Promise<void> {
    const failure = await errorToFailureBytes(this.#converter(taskTokenOrFullActivityId), ensureTemporalFailure(error));
    const { workflowService } = this.connection;
    await this.#send(
      taskTokenOrFullActivityId,
      (target) => workflowService.respondActivityTaskFailed({ ...target, failure }),
      (target) => workflowService.respondActivityTaskFailedById({ ...target, failure }),
    );
  }

  /** The activity has ended because its workflow asked for that. Refused when it did not. */
  async reportCancellation(taskTokenOrFullActivityId: Uint8Array | FullActivityId, details?: unknown): Promise<void> {
    const bytes =
      details === undefined ? undefined : await valuesToBytes(this.#converter(taskTokenOrFullActivityId), [details]);
    const { workflowService } = this.connection;
    await this.#send(
      taskTokenOrFullActivityId,
      (target) => workflowService.respondActivityTaskCanceled({ ...target, details: bytes }),
      (target) => workflowService.respondActivityTaskCanceledById({ ...target, details: bytes }),
    );
  }

  /**
   * The activity is still at work.
   * Rejects with ActivityCancelledError, ActivityPausedError or ActivityResetError when it should end.
   */
  async heartbeat(taskTokenOrFullActivityId: Uint8Array | FullActivityId, details?: unknown): Promise<void> {
    const bytes =
      details === undefined ? undefined : await valuesToBytes(this.#converter(taskTokenOrFullActivityId), [details]);
    const { workflowService } = this.connection;
    const answer = await this.#send<HeartbeatAnswer>(
      taskTokenOrFullActivityId,
      (target) => workflowService.recordActivityTaskHeartbeat({ ...target, details: bytes }),
      (target) => workflowService.recordActivityTaskHeartbeatById({ ...target, details: bytes }),
    );
    if (answer.cancelRequested) throw new ActivityCancelledError('The workflow has cancelled the activity');
    if (answer.activityReset) throw new ActivityResetError('The activity was reset: this attempt no longer counts');
    if (answer.activityPaused) throw new ActivityPausedError('The activity is paused');
  }

  /** A token does not say whose activity it is. */
  #converter(activity: Uint8Array | FullActivityId): LoadedDataConverter {
    const { dataConverter, namespace } = this.options;
    if (activity instanceof Uint8Array) return dataConverter;
    const { workflowId, activityId } = activity;
    return withSerializationContext(dataConverter, {
      type: 'activity',
      namespace,
      workflowId,
      activityId,
      isLocal: false,
    });
  }

  async #send<T>(
    activity: Uint8Array | FullActivityId,
    byToken: (target: { namespace: string; identity: string; taskToken: Uint8Array }) => Promise<T>,
    byId: (target: { namespace: string; identity: string } & FullActivityId) => Promise<T>,
  ): Promise<T> {
    const { namespace, identity } = this.options;
    try {
      if (activity instanceof Uint8Array) return await byToken({ namespace, identity, taskToken: activity });
      return await byId({ namespace, identity, ...activity });
    } catch (thrown) {
      throw completionError(thrown);
    }
  }
}

function completionError(thrown: unknown): unknown {
  if (!isGrpcServiceError(thrown)) return thrown;
  const known = serviceError(thrown, 'The activity could not be completed');
  if (known instanceof Error && known.name === 'NamespaceNotFoundError') return known;
  if (thrown.code === StatusCode.NOT_FOUND) {
    return new ActivityNotFoundError(`There is no such activity, or it has ended: ${thrown.details}`, {
      cause: thrown,
    });
  }
  return new ActivityCompletionError(`The server refused: ${thrown.message}`, { cause: thrown });
}
