/** The gRPC services of the Service: transport calls → api plans → the engine, and back. */
import { encodeStatus, internal, operatorService, workflowService } from '@perdure/protocol';
import type { AnyRpc, RpcError } from '@perdure/protocol';
import type { ApiContext, Caller, NamespaceDirectory } from '../api/contract.js';
import { dispatch } from '../api/dispatch.js';
import type { Dispatched, Finished } from '../api/dispatch.js';
import type { Limits } from '../core/limits.js';
import type { EngineReply } from '../engine/messages.js';
import type { Clock, Log, Random } from '../ports/index.js';
import type { CallContext, CallFailure, CallHandler, CallResult, Reply, Service } from '../transport/contract.js';
import type { Loop } from './loop.js';

export interface ServiceOptions {
  readonly loop: Loop;
  readonly clock: Clock;
  /** The clock of the transport. Default: `clock`. */
  readonly realNowMs?: () => number;
  readonly random: Random;
  readonly log: Log;
  readonly limits: Limits;
  readonly namespaces: NamespaceDirectory;
  readonly serverVersion: string;
  readonly clusterId: string;
  readonly clusterName: string;
  /** What keeps the data: `memory`, `sqlite`. */
  readonly storeName: string;
  /** `host:port`, once it is known. */
  readonly address: () => string;
}

type Asked = Extract<Dispatched, { readonly kind: 'ask' }>;

export class ApiHandler implements CallHandler {
  readonly #options: ServiceOptions;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  unary(call: CallContext, request: Uint8Array, reply: Reply): void {
    const plan = dispatch(call.method, request, new CallView(call, this.#options));
    switch (plan.kind) {
      case 'answer':
      case 'error':
        reply(result(plan));
        return;
      case 'ask': {
        const gone = this.#options.loop.ask(plan.request, {
          answer: (engineReply) => {
            if (call.isCancelled) return false;
            reply(this.#finish(call, plan, engineReply));
            return true;
          },
        });
        call.onCancel(gone);
        return;
      }
    }
  }

  /** Runs in the engine's loop, where nobody else would catch it: a handler that breaks harms its caller, nobody else. */
  #finish(call: CallContext, plan: Asked, engineReply: EngineReply): CallResult {
    try {
      return result(plan.finish(engineReply));
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.log.write('error', `${call.method} failed: ${what}`);
      return failure(internal('internal error'));
    }
  }
}

/** What a handler sees of a call. A class, because one is made for every call: it costs one object, and nothing is read twice. */
class CallView implements ApiContext, Caller {
  readonly nowMs: number;
  readonly #call: CallContext;
  readonly #options: ServiceOptions;

  constructor(call: CallContext, options: ServiceOptions) {
    this.nowMs = options.realNowMs?.() ?? options.clock.nowMs();
    this.#call = call;
    this.#options = options;
  }

  get executionNowMs(): number {
    return this.#options.clock.nowMs();
  }

  get limits(): Limits {
    return this.#options.limits;
  }

  get namespaces(): NamespaceDirectory {
    return this.#options.namespaces;
  }

  get serverVersion(): string {
    return this.#options.serverVersion;
  }

  get clusterId(): string {
    return this.#options.clusterId;
  }

  get clusterName(): string {
    return this.#options.clusterName;
  }

  get storeName(): string {
    return this.#options.storeName;
  }

  get address(): string {
    return this.#options.address();
  }

  get deadlineMs(): number | undefined {
    return this.#call.deadlineMs;
  }

  get caller(): Caller {
    return this;
  }

  get clientName(): string {
    return this.#call.metadata.get('client-name') ?? '';
  }

  get clientVersion(): string {
    return this.#call.metadata.get('client-version') ?? '';
  }

  header(name: string): string | undefined {
    return this.#call.metadata.get(name);
  }

  newId(): string {
    return this.#options.random.uuid();
  }
}

function result(finished: Finished): CallResult {
  return finished.kind === 'answer' ? { ok: true, bytes: finished.bytes } : failure(finished.error);
}

function failure(error: RpcError): CallFailure {
  const { code, message } = error;
  return error.details.length === 0
    ? { ok: false, code, message }
    : { ok: false, code, message, statusDetails: encodeStatus(error) };
}

/** Both Temporal services, every method of them. */
export function apiServices(handler: CallHandler): Service[] {
  return [workflowService, operatorService].map((rpcs) => {
    const rows = Object.values(rpcs) as AnyRpc[];
    return {
      name: rows[0]?.service ?? '',
      methods: new Map(rows.map((rpc) => [rpc.method, 'unary' as const])),
      handler,
    };
  });
}
