/**
 * The gRPC server: one port, in clear text or with TLS, and the connections on it.
 *
 * A connection goes: accept (TLS handshake) → preface → HTTP/2 (`http2/`) → calls (`grpc-call.ts`). Nothing but calls reaches a
 * handler. Everything a client can hold is bounded by `GrpcLimits`.
 */

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { readPreface } from './connection-preface.js';
import type { Service, TransportLog } from './contract.js';
import { DeadlineClock, type Deadlines } from './deadlines.js';
import { GrpcConnection, type GrpcServerParts } from './grpc-connection.js';
import { ByteBudget, defaultGrpcLimits, type GrpcLimits } from './grpc-limits.js';
import { Services } from './services.js';
import type { TlsWatcher } from './tls.js';
import type { TlsFiles } from './tls-files.js';

export interface GrpcServerOptions {
  readonly services: readonly Service[];
  /** In clear text when absent. */
  readonly tls?: TlsFiles;
  readonly limits?: Partial<GrpcLimits>;
  readonly log?: TransportLog;
  /** The real clock when absent. */
  readonly deadlines?: Deadlines;
}

export interface GrpcAddress {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0: a free one. */
  readonly port: number;
}

/** Time for last answers to leave before connections are destroyed. */
const lastWritesMs = 200;
/** A socket that does not report its end in this time is forgotten. */
const closeMs = 1000;
/** Connections are looked at this often, or more often when a limit is shorter. */
const sweepMsMax = 5000;

export class GrpcServer {
  readonly #parts: GrpcServerParts;
  readonly #tlsFiles: TlsFiles | undefined;
  readonly #connections = new Set<GrpcConnection>();
  /** Sockets whose preface is awaited. */
  readonly #newcomers = new Set<Socket>();
  #listener: Server | undefined;
  #watcher: TlsWatcher | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;
  #isDraining = false;
  readonly #awaitingAllGone = new Set<() => void>();

  constructor(options: GrpcServerOptions) {
    const limits: GrpcLimits = { ...defaultGrpcLimits, ...options.limits };
    this.#parts = {
      services: new Services(options.services),
      limits,
      deadlines: options.deadlines ?? new DeadlineClock(),
      log: options.log ?? (() => undefined),
      requestBudget: new ByteBudget(limits.bufferedRequestBytesMax),
    };
    this.#tlsFiles = options.tls;
  }

  /** Throws what `listen` of Node reports (EADDRINUSE and others), or TlsFilesError. */
  async listen(address: GrpcAddress): Promise<AddressInfo> {
    const listener = await this.#createListener();
    listener.maxConnections = this.#parts.limits.connectionsMax;
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen({ host: address.host ?? '127.0.0.1', port: address.port, backlog: 1024 }, () => {
        listener.off('error', reject);
        resolve();
      });
    }).catch((error: unknown) => {
      this.#watcher?.close();
      throw error;
    });
    listener.on('error', (error) => this.#parts.log('error', 'the gRPC port failed', { error }));
    this.#listener = listener;
    this.#startSweeping();
    return listener.address() as AddressInfo;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  get callCount(): number {
    let count = 0;
    for (const connection of this.#connections) count += connection.calls.size;
    return count;
  }

  /** Reads the certificate files again. True when they had changed and are good. */
  async reloadTls(): Promise<boolean> {
    return (await this.#watcher?.reload()) ?? false;
  }

  /**
   * Accepts nothing new and lets running calls end for the grace period; calls still running then get UNAVAILABLE.
   * Resolves when all connections are closed.
   */
  async drain(graceMs: number): Promise<void> {
    this.#stopListening();
    this.#isDraining = true;
    const nowMs = this.#parts.deadlines.nowMs();
    for (const connection of this.#connections) connection.goAway(nowMs);
    if (!(await this.#allGone(graceMs))) {
      for (const connection of this.#connections) connection.abandonCalls();
      await this.#allGone(lastWritesMs);
    }
    await this.close();
  }

  /** Ends everything now; handlers of running calls are cancelled. Resolves when all connections are closed. */
  async close(): Promise<void> {
    this.#stopListening();
    for (const connection of this.#connections) connection.destroy();
    await this.#allGone(closeMs);
  }

  async #createListener(): Promise<Server> {
    const accept = (socket: Socket): void => this.#accept(socket);
    if (this.#tlsFiles === undefined) return createServer(accept);
    const { createTlsListener } = await import('./tls-listener.js');
    const { limits, log } = this.#parts;
    const { listener, watcher } = await createTlsListener(this.#tlsFiles, limits.handshakeTimeoutMs, log, accept);
    this.#watcher = watcher;
    return listener;
  }

  #accept(socket: Socket): void {
    this.#newcomers.add(socket);
    socket.setNoDelay(true);
    readPreface(socket, this.#parts.limits.handshakeTimeoutMs, {
      http2: () => {
        this.#newcomers.delete(socket);
        this.#openConnection(socket);
      },
      refused: (reason) => {
        this.#newcomers.delete(socket);
        this.#parts.log('debug', 'a connection was refused', { peer: socket.remoteAddress, reason });
      },
    });
  }

  #openConnection(socket: Socket): void {
    const nowMs = this.#parts.deadlines.nowMs();
    const connection = new GrpcConnection(this.#parts, socket, nowMs, () => {
      this.#connections.delete(connection);
      if (this.#connections.size === 0) for (const gone of this.#awaitingAllGone) gone();
    });
    this.#connections.add(connection);
    if (this.#isDraining) connection.goAway(nowMs);
  }

  #startSweeping(): void {
    const { keepaliveIntervalMs, keepaliveTimeoutMs, idleConnectionMs } = this.#parts.limits;
    const everyMs = Math.min(sweepMsMax, keepaliveIntervalMs / 2, keepaliveTimeoutMs / 2, idleConnectionMs / 2);
    this.#sweepTimer = setInterval(() => {
      const nowMs = this.#parts.deadlines.nowMs();
      for (const connection of this.#connections) connection.sweep(nowMs);
    }, everyMs).unref();
  }

  #stopListening(): void {
    clearInterval(this.#sweepTimer);
    this.#watcher?.close();
    this.#listener?.close();
    for (const socket of this.#newcomers) socket.destroy();
    this.#newcomers.clear();
  }

  /** Waits until no connection is left; false when that takes longer. */
  async #allGone(timeoutMs: number): Promise<boolean> {
    if (this.#connections.size === 0) return true;
    return new Promise((resolve) => {
      const finish = (areGone: boolean): void => {
        clearTimeout(timer);
        this.#awaitingAllGone.delete(gone);
        resolve(areGone);
      };
      const gone = (): void => finish(true);
      const timer = setTimeout(() => finish(false), timeoutMs);
      this.#awaitingAllGone.add(gone);
    });
  }
}
