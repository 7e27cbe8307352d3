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
import { skipTime } from './time-skipping/skip-time.js';
import type { TimeSkipping } from './time-skipping/skip-time.js';
import { VirtualClock } from './time-skipping/virtual-clock.js';
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
import { InMemoryTransport } from '../transport/in-memory.js';
import { Reflection } from '../transport/reflection.js';
import type { TlsFiles } from '../transport/tls-files.js';

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
  /** Default: the machine's. With a VirtualClock of its own the server skips time and serves TestService; its store must be new. */
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
  /** Takes no new calls, lets running ones end for the grace period (default 2 s), closes. Once: later calls wait for it. */
  close(graceMs?: number): Promise<void>;
}

const SILENT: Log = { write: () => undefined };
const CLOSE_GRACE_MS = 2_000;

/** Rejects with StoreError, TlsFilesError or what Node says of the port (EADDRINUSE); nothing stays open then. */
export async function createServer(options: ServerOptions = {}): Promise<Server> {
  const closers: Closer[] = [];
  try {
    return await assemble(options, closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

/** Ends one part; they are run in the reverse order of opening. */
type Closer = () => Promise<void> | void;

async function closeAll(closers: Closer[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

async function assemble(options: ServerOptions, closers: Closer[]): Promise<Server> {
  const log = options.log ?? SILENT;
  const clock = options.clock ?? new SystemClock();
  const random = options.random ?? systemRandom;
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const store = options.store ?? (await openStore(options));
  closers.push(() => store.close());
  const skipping = clock instanceof VirtualClock ? skipTime(clock, log) : undefined;
  const engine = new Engine({ limits, random, nowMs: () => clock.nowMs(), ...skipping?.engineOptions });
  const health = new Health();
  const halt = new Halt(health, log, options.onHalt);
  const metrics = options.metricsPort === undefined ? undefined : new ServiceMetrics(() => performance.now());
  const onHalt = (reason: string): void => halt.because(reason);
  const measured = metrics === undefined ? {} : { metrics };
  const loop = new Loop({ engine, store, clock, log, onHalt, ...measured, ...skipping?.loopOptions });
  // The loop's timer would keep the process alive after a failed start.
  closers.push(() => loop.stop());
  if (skipping !== undefined) closers.push(skipping.begin(loop, engine));
  await loop.open(`pid ${process.pid}`);
  const attributes = options.searchAttributes ?? new Map<string, number>();
  const retentionMs = skipping?.retentionMs;
  await ensureNamespaces(loop, engine, options.namespaces ?? [], attributes, random, clock, retentionMs);

  let address: Server['address'];
  const handler = new ApiHandler({
    loop,
    clock,
    ...skipping?.serviceOptions,
    random,
    log,
    limits,
    namespaces: engine.namespaces,
    serverVersion: SERVER_VERSION,
    clusterId: 'perdure',
    clusterName: 'active',
    storeName: options.dbFilename === undefined ? 'memory' : 'sqlite',
    address: () => (address === undefined ? '' : `${address.host}:${address.port}`),
  });
  const services = allServices(metrics?.measure(handler) ?? handler, health, log, skipping);
  const metricsUrl = metrics === undefined ? undefined : await openMetrics(metrics, options, engine, loop, closers);
  const grpc = options.port === undefined ? undefined : await listen(options, services, log);
  if (grpc !== undefined) address = { host: options.host ?? '127.0.0.1', port: grpc.port };
  const transport = new InMemoryTransport({ services, log: log.write.bind(log) as never });
  // Last to come, first to go: whoever still waits is told.
  closers.push(() => transport.close());
  const close = async (graceMs: number): Promise<void> => {
    health.setAll('notServing');
    loop.drain();
    await grpc?.server.drain(graceMs);
    if (halt.reason === undefined) await allWritten(loop);
    await closeAll(closers);
  };
  let closing: Promise<void> | undefined;
  return {
    address,
    metricsUrl,
    transport,
    get haltReason() {
      return halt.reason;
    },
    engine,
    loop,
    close: (graceMs = CLOSE_GRACE_MS) => (closing ??= close(graceMs)),
  };
}

/** The Service cannot go on: said once to whoever may ask. */
class Halt {
  reason: string | undefined;
  readonly #health: Health;
  readonly #log: Log;
  readonly #tell: ((reason: string) => void) | undefined;

  constructor(health: Health, log: Log, tell: ((reason: string) => void) | undefined) {
    this.#health = health;
    this.#log = log;
    this.#tell = tell;
  }

  because(reason: string): void {
    this.reason = reason;
    this.#health.setAll('notServing');
    this.#log.write('error', `the Service stops: ${reason}`);
    this.#tell?.(reason);
  }
}

/** Resolves when everything decided so far is on disk. */
function allWritten(loop: Loop): Promise<void> {
  return new Promise((resolve) => {
    const answer = (): boolean => {
      resolve();
      return true;
    };
    loop.ask({ kind: 'barrier' }, { answer });
  });
}

function allServices(handler: CallHandler, health: Health, log: Log, skipping: TimeSkipping | undefined): Service[] {
  const api = [...apiServices(handler), ...(skipping?.services ?? [])];
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
): Promise<{ server: GrpcServer; port: number }> {
  const { tls } = options;
  const write = log.write.bind(log) as never;
  const server = new GrpcServer(tls === undefined ? { services, log: write } : { services, log: write, tls });
  const { port } = await server.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  return { server, port };
}

async function openMetrics(
  metrics: ServiceMetrics,
  options: ServerOptions,
  engine: Engine,
  loop: Loop,
  closers: Closer[],
): Promise<string> {
  const text = (): string =>
    metrics.text({
      runsInMemory: engine.runsInMemory,
      pollersParked: engine.matching.parkedCount,
      callersWaiting: loop.waitingCallers,
    });
  // Node's HTTP/1 takes its time to load, and most starts do not ask for it.
  const { openMetricsEndpoint } = await import('../transport/metrics-endpoint.js');
  const endpoint = await openMetricsEndpoint(
    { host: options.host ?? '127.0.0.1', port: options.metricsPort ?? 0 },
    text,
  );
  closers.push(() => endpoint.close());
  return endpoint.url;
}

async function openStore(options: ServerOptions): Promise<Store> {
  if (options.dbFilename === undefined) {
    const { MemoryStore } = await import('../store/memory.js');
    return new MemoryStore();
  }
  const { SqliteStore } = await import('../store/sqlite.js');
  return new SqliteStore({ file: options.dbFilename, pragmas: options.sqlitePragmas ?? new Map() });
}
