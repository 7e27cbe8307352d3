/** The calls of a worker, with what is the same in all of them filled in, and repeated as long as that makes sense. */
import { TaskQueueKind, workflowService } from '@perdure/protocol';
import type {
  DescribeNamespaceResponse,
  GetWorkflowExecutionHistoryResponse,
  Init,
  PollActivityTaskQueueRequest,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueRequest,
  PollWorkflowTaskQueueResponse,
  RecordActivityTaskHeartbeatResponse,
  RespondActivityTaskCanceledRequest,
  RespondActivityTaskCompletedRequest,
  RespondActivityTaskFailedRequest,
  RespondQueryTaskCompletedRequest,
  RespondWorkflowTaskCompletedRequest,
  RespondWorkflowTaskCompletedResponse,
  RespondWorkflowTaskFailedRequest,
  Rpc,
  ShutdownWorkerRequest,
  WorkerDeploymentOptions,
  WorkerHeartbeat,
} from '@perdure/protocol';
import type { CallLimits, Connection } from '../client/connection.js';
import { grpcErrorOf } from '../client/grpc-error.js';
import { defaultGrpcRetryOptions, pause } from '../client/grpc-retry.js';
import type { WorkerMetrics } from './telemetry/worker-metrics.js';

/** Servers hold a poll for a minute. */
const POLL_TIMEOUT_MS = 70_000;
const CALL_TIMEOUT_MS = 30_000;
const retry = defaultGrpcRetryOptions();

export interface CallsIdentity {
  readonly namespace: string;
  readonly identity: string;
  readonly taskQueue: string;
  /** Of the worker's own queue; undefined when nothing is cached. */
  readonly stickyQueue: string | undefined;
  readonly workerInstanceKey: string;
  readonly deploymentOptions: WorkerDeploymentOptions | undefined;
  /** Of the whole task queue, enforced by the server. */
  readonly tasksPerSecondMax: number | undefined;
}

export class ServerCalls {
  readonly #who: CallsIdentity;
  readonly #metrics: WorkerMetrics | undefined;
  readonly #pollWorkflow: Init<PollWorkflowTaskQueueRequest>;
  readonly #pollSticky: Init<PollWorkflowTaskQueueRequest>;
  readonly #pollActivity: Init<PollActivityTaskQueueRequest>;
  /** May be replaced while the worker runs. */
  connection: Connection;

  constructor(connection: Connection, who: CallsIdentity, metrics: WorkerMetrics | undefined) {
    this.connection = connection;
    this.#who = who;
    this.#metrics = metrics;
    const { namespace, identity, taskQueue, stickyQueue = '', workerInstanceKey, deploymentOptions } = who;
    const common = { namespace, identity, workerInstanceKey, deploymentOptions };
    const normal = { name: taskQueue, kind: TaskQueueKind.NORMAL };
    this.#pollWorkflow = { ...common, taskQueue: normal };
    const sticky = { name: stickyQueue, kind: TaskQueueKind.STICKY, normalName: taskQueue };
    this.#pollSticky = { ...common, taskQueue: sticky };
    const { tasksPerSecondMax: maxTasksPerSecond } = who;
    const taskQueueMetadata = maxTasksPerSecond === undefined ? undefined : { maxTasksPerSecond };
    this.#pollActivity = { ...common, taskQueue: normal, taskQueueMetadata };
  }

  async pollWorkflowTask(isSticky: boolean, signal: AbortSignal): Promise<PollWorkflowTaskQueueResponse | undefined> {
    const request = isSticky ? this.#pollSticky : this.#pollWorkflow;
    const task = await this.#poll(workflowService.PollWorkflowTaskQueue, request, signal);
    return task.taskToken.length === 0 ? undefined : task;
  }

  async pollActivityTask(signal: AbortSignal): Promise<PollActivityTaskQueueResponse | undefined> {
    const task = await this.#poll(workflowService.PollActivityTaskQueue, this.#pollActivity, signal);
    return task.taskToken.length === 0 ? undefined : task;
  }

  completeWorkflowTask(
    request: Init<RespondWorkflowTaskCompletedRequest>,
  ): Promise<RespondWorkflowTaskCompletedResponse> {
    const { namespace, identity, workerInstanceKey, deploymentOptions } = this.#who;
    return this.#repeated(workflowService.RespondWorkflowTaskCompleted, {
      ...request,
      namespace,
      identity,
      workerInstanceKey,
      deploymentOptions,
    });
  }

  async failWorkflowTask(request: Init<RespondWorkflowTaskFailedRequest>): Promise<void> {
    const { namespace, identity, deploymentOptions } = this.#who;
    await this.#repeated(workflowService.RespondWorkflowTaskFailed, {
      ...request,
      namespace,
      identity,
      deploymentOptions,
    });
  }

  async answerQuery(request: Init<RespondQueryTaskCompletedRequest>): Promise<void> {
    const { namespace } = this.#who;
    await this.#repeated(workflowService.RespondQueryTaskCompleted, { ...request, namespace });
  }

  historyPage(
    workflowId: string,
    runId: string,
    nextPageToken: Uint8Array,
  ): Promise<GetWorkflowExecutionHistoryResponse> {
    const { namespace } = this.#who;
    const request = { namespace, execution: { workflowId, runId }, nextPageToken };
    return this.#repeated(workflowService.GetWorkflowExecutionHistory, request);
  }

  async completeActivityTask(request: Init<RespondActivityTaskCompletedRequest>): Promise<void> {
    const { namespace, identity, deploymentOptions } = this.#who;
    await this.#repeated(workflowService.RespondActivityTaskCompleted, {
      ...request,
      namespace,
      identity,
      deploymentOptions,
    });
  }

  async failActivityTask(request: Init<RespondActivityTaskFailedRequest>): Promise<void> {
    const { namespace, identity, deploymentOptions } = this.#who;
    await this.#repeated(workflowService.RespondActivityTaskFailed, {
      ...request,
      namespace,
      identity,
      deploymentOptions,
    });
  }

  async cancelActivityTask(request: Init<RespondActivityTaskCanceledRequest>): Promise<void> {
    const { namespace, identity, deploymentOptions } = this.#who;
    await this.#repeated(workflowService.RespondActivityTaskCanceled, {
      ...request,
      namespace,
      identity,
      deploymentOptions,
    });
  }

  /** Once: the next heartbeat is a better repetition. */
  heartbeatActivity(
    taskToken: Uint8Array,
    details: Uint8Array | undefined,
  ): Promise<RecordActivityTaskHeartbeatResponse> {
    const { namespace, identity } = this.#who;
    const request = { namespace, identity, taskToken, details };
    return this.#call(workflowService.RecordActivityTaskHeartbeat, request, { timeoutMs: CALL_TIMEOUT_MS });
  }

  async resetStickyQueue(workflowId: string, runId: string): Promise<void> {
    const { namespace } = this.#who;
    const request = { namespace, execution: { workflowId, runId } };
    await this.#call(workflowService.ResetStickyTaskQueue, request, { timeoutMs: CALL_TIMEOUT_MS });
  }

  async describeNamespace(): Promise<DescribeNamespaceResponse> {
    const { namespace } = this.#who;
    return this.#repeated(workflowService.DescribeNamespace, { namespace });
  }

  /** Once: the worker goes anyway. */
  async shutdownWorker(request: Init<ShutdownWorkerRequest>): Promise<void> {
    const { namespace, identity, taskQueue, stickyQueue, workerInstanceKey } = this.#who;
    const common = { namespace, identity, taskQueue, stickyTaskQueue: stickyQueue, workerInstanceKey };
    await this.#call(workflowService.ShutdownWorker, { ...common, ...request }, { timeoutMs: 5000 });
  }

  async recordWorkerHeartbeat(heartbeat: Init<WorkerHeartbeat>): Promise<void> {
    const { namespace, identity } = this.#who;
    const request = { namespace, identity, workerHeartbeat: [heartbeat] };
    await this.#call(workflowService.RecordWorkerHeartbeat, request, { timeoutMs: CALL_TIMEOUT_MS });
  }

  async #poll<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Init<Request>,
    signal: AbortSignal,
  ): Promise<Response> {
    return this.#call(rpc, request, { timeoutMs: POLL_TIMEOUT_MS, signal });
  }

  async #repeated<Request, Response>(rpc: Rpc<Request, Response>, request: Init<Request>): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#call(rpc, request, { timeoutMs: CALL_TIMEOUT_MS });
      } catch (thrown) {
        const error = grpcErrorOf(thrown);
        if (error === undefined || !retry.retryableDecider(attempt, error)) throw thrown;
        await pause(retry.delayFunction(attempt, error), undefined);
      }
    }
  }

  #call<Request, Response>(rpc: Rpc<Request, Response>, request: Init<Request>, limits: CallLimits): Promise<Response> {
    const call = this.connection.callOnce(rpc, request, limits);
    return this.#metrics === undefined ? call : this.#measured(this.#metrics, rpc, call);
  }

  async #measured<Request, Response>(
    metrics: WorkerMetrics,
    rpc: Rpc<Request, Response>,
    call: Promise<Response>,
  ): Promise<Response> {
    const startedMs = Date.now();
    const tags = { operation: rpc.method };
    const [request, failure, latency] = rpc.isLongPoll
      ? (['long_request', 'long_request_failure', 'long_request_latency'] as const)
      : (['request', 'request_failure', 'request_latency'] as const);
    metrics.count(request, tags);
    try {
      return await call;
    } catch (thrown) {
      metrics.count(failure, { ...tags, status_code: String(grpcErrorOf(thrown)?.code ?? '') });
      throw thrown;
    } finally {
      metrics.time(latency, Date.now() - startedMs, tags);
    }
  }
}
