/**
 * The composition root: one Service from its parts, inside this process, on a port, in memory or both.
 *
 *     const server = await createServer({ port: 7233, dbFilename: 'perdure.db' });
 *     …
 *     await server.close();
 */
import { answerReflectionSource } from './reflection-source.js';
import { ApiHandler, apiServices } from './service.js';
import { ensureNamespaces } from './bootstrap.js';
import { Loop } from './loop.js';
import { SystemClock } from './clock.js';
import { systemRandom } from './random.js';
import { ServiceMetrics } from './metrics.js';
import { SERVER_VERSION } from './version.js';
import { DEFAULT_LIMITS } from '../core/limits.js';
import type { Limits } from '../core/limits.js';
import { Engine } from '../engine/index.js';
import type { Clock, Log, Random, Store } from '../ports/index.js';
import type { CallHandler, Service } from '../transport/contract.js';
import { GrpcServer } from '../transport/grpc-server.js';
import { Health } from '../transport/health.js';
import type { MetricsEndpoint } from '../transport/metrics-endpoint.js';
import { InMemoryTransport } from '../transport/in-memory.js';
import { Reflection } from '../transport/reflection.js';
import type { TlsFiles } from '../transport/tls.js';

export interface ServerOptions {
  /** Where everything is kept. Default: in memory, gone with the process. */
  readonly dbFilename?: string;
  /** SQLite pragmas; those that would weaken durability are refused. */
  readonly sqlitePragmas?: ReadonlyMap<string, string>;
  /** A store of your own instead. */
  readonly store?: Store;
  /** gRPC port; 0 = a free one. Default: none, calls come through `server.transport` only. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: in clear text. */
  readonly tls?: TlsFiles;
  /** Port for Prometheus to read `/metrics`, on the same host; 0 = a free one. Default: none, and nothing is counted. */
  readonly metricsPort?: number;
  /** Namespaces that exist from the start; `default` always does. */
  readonly namespaces?: readonly string[];
  /** Custom search attributes of those namespaces: name → IndexedValueType number. */
  readonly searchAttributes?: ReadonlyMap<string, number>;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
  /** The Service cannot go on (disk failed, another owner took over). Default: nothing but the log and NOT_SERVING. */
  readonly onHalt?: (reason: string) => void;
}

export interface Server {
  /** Where the gRPC port listens; undefined without one. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
  /** Where Prometheus reads; undefined without a metrics port. */
  readonly metricsUrl: string | undefined;
  /** Calls without a socket. */
  readonly transport: InMemoryTransport;
  /** What keeps the Service from serving, once something does. */
  readonly haltReason: string | undefined;
  readonly engine: Engine;
  readonly loop: Loop;
  /** Takes no new calls, lets running ones end for the grace period (default 2 s), closes. */
  close(graceMs?: number): Promise<void>;
}

const SILENT: Log = { write: () => undefined };
const CLOSE_GRACE_MS = 2_000;

/** Rejects with StoreError, TlsFilesError or what Node says of the port (EADDRINUSE). */
export async function createServer(options: ServerOptions = {}): Promise<Server> {
  const log = options.log ?? SILENT;
  const clock = options.clock ?? new SystemClock();
  const random = options.random ?? systemRandom;
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const store = options.store ?? (await openStore(options));
  const engine = new Engine({ limits, random, nowMs: () => clock.nowMs() });
  const health = new Health();
  let haltReason: string | undefined;
  const onHalt = (reason: string): void => {
    haltReason = reason;
    health.setAll('notServing');
    log.write('error', `the Service stops: ${reason}`);
    options.onHalt?.(reason);
  };
  const metrics = options.metricsPort === undefined ? undefined : new ServiceMetrics(() => performance.now());
  const loop = new Loop({ engine, store, clock, log, onHalt, ...(metrics === undefined ? {} : { metrics }) });
  // The loop's timer would keep the process alive after a failed start.
  const release = async (): Promise<void> => {
    loop.stop();
    await store.close();
  };
  let address: Server['address'];
  try {
    await loop.open(`pid ${process.pid}`);
    await ensureNamespaces(
      loop,
      engine,
      options.namespaces ?? [],
      options.searchAttributes ?? new Map(),
      random,
      clock,
    );
  } catch (error) {
    await release();
    throw error;
  }
  const handler = new ApiHandler({
    loop,
    clock,
    random,
    limits,
    namespaces: engine.namespaces,
    serverVersion: SERVER_VERSION,
    clusterId: 'perdure',
    clusterName: 'active',
    storeName: options.dbFilename === undefined ? 'memory' : 'sqlite',
    address: () => (address === undefined ? '' : `${address.host}:${address.port}`),
  });
  const services = allServices(metrics?.measure(handler) ?? handler, health, log);
  const metricsEndpoint =
    metrics === undefined ? undefined : await openMetrics(metrics, options, engine, loop, release);
  const grpc = options.port === undefined ? undefined : await listen(options, services, log, release, metricsEndpoint);
  if (grpc !== undefined) address = { host: options.host ?? '127.0.0.1', port: grpc.port };
  return {
    address,
    metricsUrl: metricsEndpoint?.url,
    transport: new InMemoryTransport({ services, log: log.write.bind(log) as never }),
    get haltReason() {
      return haltReason;
    },
    engine,
    loop,
    close: async (graceMs = CLOSE_GRACE_MS) => {
      health.setAll('notServing');
      loop.drain();
      await grpc?.server.drain(graceMs);
      await new Promise<void>((resolve) => {
        if (haltReason !== undefined) resolve();
        else loop.ask({ kind: 'barrier' }, { answer: () => (resolve(), true) });
      });
      metricsEndpoint?.close();
      await release();
    },
  };
}

function allServices(handler: CallHandler, health: Health, log: Log): Service[] {
  const api = apiServices(handler);
  health.setStatus('', 'serving');
  for (const { name } of api) health.setStatus(name, 'serving');
  const names = [...api.map(({ name }) => name), health.service.name];
  const reflection = new Reflection(names, answerReflectionSource(), log.write.bind(log) as never);
  return [...api, health.service, ...reflection.services];
}

async function listen(
  options: ServerOptions,
  services: Service[],
  log: Log,
  release: () => Promise<void>,
  metricsEndpoint: MetricsEndpoint | undefined,
): Promise<{ server: GrpcServer; port: number }> {
  const { tls } = options;
  const write = log.write.bind(log) as never;
  const server = new GrpcServer(tls === undefined ? { services, log: write } : { services, log: write, tls });
  try {
    const { port } = await server.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
    return { server, port };
  } catch (error) {
    metricsEndpoint?.close();
    await release();
    throw error;
  }
}

async function openMetrics(
  metrics: ServiceMetrics,
  options: ServerOptions,
  engine: Engine,
  loop: Loop,
  release: () => Promise<void>,
): Promise<MetricsEndpoint> {
  const text = (): string =>
    metrics.text({
      runsInMemory: engine.runsInMemory,
      pollersParked: engine.matching.parkedCount,
      callersWaiting: loop.waitingCallers,
    });
  try {
    // Node's HTTP/1 takes its time to load, and most starts do not ask for it.
    const { openMetricsEndpoint } = await import('../transport/metrics-endpoint.js');
    return await openMetricsEndpoint({ host: options.host ?? '127.0.0.1', port: options.metricsPort ?? 0 }, text);
  } catch (error) {
    await release();
    throw error;
  }
}

async function openStore(options: ServerOptions): Promise<Store> {
  if (options.dbFilename === undefined) {
    const { MemoryStore } = await import('../store/memory.js');
    return new MemoryStore();
  }
  const { SqliteStore } = await import('../store/sqlite.js');
  return new SqliteStore({ file: options.dbFilename, pragmas: options.sqlitePragmas ?? new Map() });
}
