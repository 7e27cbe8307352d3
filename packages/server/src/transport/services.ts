/** Which service and kind of method a path names; the same for sockets and for in-memory calls. */

import type { CallFailure, CallHandler, MethodKind, Service } from './contract.js';
import { fail, statusCode } from './grpc-status.js';

export interface Route {
  readonly handler: CallHandler;
  readonly kind: MethodKind;
}

export class Services {
  readonly names: readonly string[];
  readonly #routes = new Map<string, Route>();

  constructor(services: readonly Service[]) {
    this.names = services.map((service) => service.name);
    for (const { name, methods, handler } of services) {
      for (const [method, kind] of methods) this.#routes.set(`/${name}/${method}`, { handler, kind });
    }
  }

  find(path: string): Route | undefined {
    return this.#routes.get(path);
  }

  /** What a caller of a path without a route is told. */
  unknown(path: string): CallFailure {
    const slash = path.lastIndexOf('/');
    if (!path.startsWith('/') || slash < 1) {
      return fail(statusCode.unimplemented, `malformed method name: ${JSON.stringify(path)}`);
    }
    const service = path.slice(1, slash);
    if (!this.names.includes(service)) return fail(statusCode.unimplemented, `unknown service ${service}`);
    return fail(statusCode.unimplemented, `unknown method ${path.slice(slash + 1)} for service ${service}`);
  }
}
