/** grpc.health.v1.Health: whether a service serves, asked once (Check) or followed (Watch). */

import type { CallContext, CallHandler, CallResult, Reply, RequestSink, ResponseStream, Service } from './contract.js';
import { fail, statusCode } from './grpc-status.js';
import { readFields, stringField, writeVarint } from './wire.js';

export type ServingStatus = 'serving' | 'notServing';

const serviceField = 1;
const statusField = 1;
const encodedStatus: Readonly<Record<ServingStatus | 'serviceUnknown', Uint8Array>> = {
  serving: writeVarint(statusField, 1),
  notServing: writeVarint(statusField, 2),
  serviceUnknown: writeVarint(statusField, 3),
};

const malformed = fail(statusCode.internal, 'grpc: error unmarshalling request: not a HealthCheckRequest');

interface Watcher {
  readonly responses: ResponseStream;
  last: Uint8Array | undefined;
}

export class Health implements CallHandler {
  readonly service: Service = {
    name: 'grpc.health.v1.Health',
    methods: new Map([
      ['Check', 'unary'],
      ['Watch', 'streaming'],
    ]),
    handler: this,
  };
  readonly #statuses = new Map<string, ServingStatus>();
  readonly #watchers = new Map<string, Set<Watcher>>();

  /** The name '' stands for the server as a whole. */
  setStatus(serviceName: string, status: ServingStatus): void {
    this.#statuses.set(serviceName, status);
    for (const watcher of this.#watchers.get(serviceName) ?? []) this.#tell(serviceName, watcher);
  }

  /** Sets every service known so far, the server as a whole included. */
  setAll(status: ServingStatus): void {
    for (const serviceName of ['', ...this.#statuses.keys()]) this.setStatus(serviceName, status);
  }

  unary(_context: CallContext, request: Uint8Array, reply: Reply): void {
    reply(this.#check(request));
  }

  streaming(context: CallContext, responses: ResponseStream): RequestSink {
    let unwatch: (() => void) | undefined;
    return {
      message: (bytes) => {
        const fields = readFields(bytes);
        if (fields === undefined || unwatch !== undefined) {
          unwatch?.();
          return responses.end(malformed);
        }
        unwatch = this.#watch(responses, stringField(fields, serviceField));
        context.onCancel(unwatch);
      },
      ended: () => {
        if (unwatch === undefined) responses.end(malformed);
      },
    };
  }

  #check(request: Uint8Array): CallResult {
    const fields = readFields(request);
    if (fields === undefined) return malformed;
    const status = this.#statuses.get(stringField(fields, serviceField));
    if (status === undefined) return fail(statusCode.notFound, 'unknown service');
    return { ok: true, bytes: encodedStatus[status] };
  }

  #watch(responses: ResponseStream, serviceName: string): () => void {
    const watcher: Watcher = { responses, last: undefined };
    const watchers = this.#watchers.get(serviceName) ?? new Set();
    this.#watchers.set(serviceName, watchers);
    watchers.add(watcher);
    this.#tell(serviceName, watcher);
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(serviceName) === watchers) this.#watchers.delete(serviceName);
    };
  }

  /** Only changes are sent. */
  #tell(serviceName: string, watcher: Watcher): void {
    const encoded = encodedStatus[this.#statuses.get(serviceName) ?? 'serviceUnknown'];
    if (encoded === watcher.last) return;
    watcher.last = encoded;
    watcher.responses.send(encoded);
  }
}
