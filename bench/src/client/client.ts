/**
 * Makes load: a number of loops, each with one operation in flight. Counts what ended and how long it took; a mark takes the
 * counts and begins anew, so that warming up and draining are not measured.
 */
import type { Rpc } from '@perdure/protocol';
import {
  HistoryEventFilterType,
  NO_BYTES,
  UpdateWorkflowExecutionLifecycleStage,
  workflowService,
} from '@perdure/protocol';
import type { GrpcClient } from '../driver/grpc-client.js';
import { spreadOf } from '../driver/latencies.js';
import type { Load, Mark } from '../driver/messages.js';

export interface ClientOptions {
  readonly client: GrpcClient;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Makes workflow ids unique. */
  readonly nonce: string;
}

/** A run takes at most so many updates in the field; an execution that stays open is replaced before that. */
const OPERATIONS_PER_EXECUTION_MAX = 1_000;

export class LoadClient {
  readonly #options: ClientOptions;
  #lastNo = 0;
  #isEnding = false;
  #loops: Promise<void>[] = [];
  #latenciesMs: number[] = [];
  #markedAtMs = 0;
  #failure: string | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  begin(load: Load): void {
    this.#isEnding = false;
    this.mark();
    const shared = load.kind === 'signal' ? this.#signalLoops(load) : undefined;
    const loop = shared ?? ((): Promise<void> => this.#loopOf(load));
    this.#loops = Array.from({ length: load.concurrency }, () => loop().catch((error: unknown) => this.#fail(error)));
  }

  mark(): Mark {
    const nowMs = performance.now();
    const mark = {
      operations: this.#latenciesMs.length,
      elapsedMs: nowMs - this.#markedAtMs,
      latencyMs: spreadOf(this.#latenciesMs),
      failure: this.#failure,
    };
    this.#latenciesMs = [];
    this.#markedAtMs = nowMs;
    this.#failure = undefined;
    return mark;
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#loops);
  }

  /** Starts executions and leaves them open; their ids are `NONCE-1` to `NONCE-count`. */
  async start(count: number, workflowType: string, concurrency: number): Promise<void> {
    const last = this.#lastNo + count;
    const loop = async (): Promise<void> => {
      while (this.#lastNo < last) await this.#timed(() => this.#start(workflowType));
    };
    await Promise.all(Array.from({ length: concurrency }, () => loop().catch((error: unknown) => this.#fail(error))));
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error.message : String(error);
  }

  async #timed<T>(act: () => Promise<T>): Promise<T> {
    const beganMs = performance.now();
    const result = await act();
    this.#latenciesMs.push(performance.now() - beganMs);
    return result;
  }

  async #loopOf({ kind, workflowType }: Load): Promise<void> {
    switch (kind) {
      case 'start':
        while (!this.#isEnding)
          await this.#timed(() => this.#start(workflowType, `${this.#options.taskQueue}-unattended`));
        return;
      case 'result':
        while (!this.#isEnding) await this.#timed(async () => this.#result(await this.#start(workflowType)));
        return;
      case 'query':
        return this.#onOpenExecutions(workflowType, (workflowId) => this.#query(workflowId));
      case 'update':
        return this.#onOpenExecutions(workflowType, (workflowId) => this.#update(workflowId));
      case 'signal':
        throw new Error('signals go to one execution from all loops');
    }
  }

  /** Each loop has an execution of its own. */
  async #onOpenExecutions(workflowType: string, act: (workflowId: string) => Promise<void>): Promise<void> {
    while (!this.#isEnding) {
      const execution = await this.#start(workflowType);
      for (let i = 0; i < OPERATIONS_PER_EXECUTION_MAX && !this.#isEnding; i++)
        await this.#timed(() => act(execution.workflowId));
      await this.#terminate(execution.workflowId);
    }
  }

  /** All loops signal one execution until it has had all its signals and ends; then the next one. */
  #signalLoops({ workflowType }: Load): () => Promise<void> {
    const signals = Number(workflowType.split('-')[1]);
    let target: Promise<{ workflowId: string; runId: string }> | undefined;
    let sent = 0;
    return async () => {
      while (!this.#isEnding) {
        if (sent === signals) {
          sent = 0;
          target = undefined;
        }
        target ??= this.#start(workflowType);
        sent += 1;
        const isLast = sent === signals;
        const { workflowId } = await target;
        await this.#timed(() => this.#signal(workflowId));
        if (!isLast && this.#isEnding && target !== undefined) {
          const last = target;
          target = undefined;
          await this.#terminate((await last).workflowId);
        }
      }
    };
  }

  async #start(
    workflowType: string,
    taskQueue = this.#options.taskQueue,
  ): Promise<{ workflowId: string; runId: string }> {
    this.#lastNo += 1;
    const { nonce } = this.#options;
    const workflowId = `${nonce}-${this.#lastNo}`;
    const { runId } = await this.#call(workflowService.StartWorkflowExecution, {
      namespace: this.#options.namespace,
      workflowId,
      workflowType: { name: workflowType },
      taskQueue: { name: taskQueue },
      requestId: workflowId,
      identity: 'bench',
    });
    return { workflowId, runId };
  }

  /** As an SDK waits: for the close event, by long polls. */
  async #result({ workflowId, runId }: { workflowId: string; runId: string }): Promise<void> {
    let nextPageToken: Uint8Array = NO_BYTES;
    do {
      const answer = await this.#call(workflowService.GetWorkflowExecutionHistory, {
        namespace: this.#options.namespace,
        execution: { workflowId, runId },
        waitNewEvent: true,
        historyEventFilterType: HistoryEventFilterType.CLOSE_EVENT,
        skipArchival: true,
        nextPageToken,
      });
      if ((answer.history?.length ?? 0) > 0) return;
      ({ nextPageToken } = answer);
    } while (nextPageToken.length > 0);
    throw new Error(`the history of ${workflowId} ended without a close event`);
  }

  async #signal(workflowId: string): Promise<void> {
    this.#lastNo += 1;
    await this.#call(workflowService.SignalWorkflowExecution, {
      namespace: this.#options.namespace,
      workflowExecution: { workflowId },
      signalName: 'go',
      requestId: `${workflowId}-${this.#lastNo}`,
      identity: 'bench',
    });
  }

  async #query(workflowId: string): Promise<void> {
    await this.#call(workflowService.QueryWorkflow, {
      namespace: this.#options.namespace,
      execution: { workflowId },
      query: { queryType: 'state' },
    });
  }

  async #update(workflowId: string): Promise<void> {
    this.#lastNo += 1;
    const answer = await this.#call(workflowService.UpdateWorkflowExecution, {
      namespace: this.#options.namespace,
      workflowExecution: { workflowId },
      waitPolicy: { lifecycleStage: UpdateWorkflowExecutionLifecycleStage.COMPLETED },
      request: { meta: { updateId: `u${this.#lastNo}`, identity: 'bench' }, input: { name: 'change' } },
    });
    if (answer.outcome === undefined) throw new Error(`an update of ${workflowId} came back without an outcome`);
  }

  async #terminate(workflowId: string): Promise<void> {
    await this.#call(workflowService.TerminateWorkflowExecution, {
      namespace: this.#options.namespace,
      workflowExecution: { workflowId },
    });
  }

  #call<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Parameters<typeof rpc.request.encode>[0],
  ): Promise<Response> {
    return this.#options.client.call(rpc, request);
  }
}
