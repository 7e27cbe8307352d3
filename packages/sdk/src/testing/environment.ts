/** A server, a client and a clock for tests of workflows. */
import { Client } from '../client/client.js';
import { Connection } from '../client/connection.js';
import { LOCAL_TARGET } from '../client/connection-options.js';
import { durationMs } from '../conversion/duration.js';
import type { Duration } from '../conversion/duration.js';
import { IllegalStateError } from '../conversion/errors.js';
import { startInProcess } from './in-process-server.js';
import type { InProcessServer } from './in-process-server.js';
import type {
  ClientOptionsForTestEnv,
  ExistingServerTestWorkflowEnvironmentOptions,
  LocalTestWorkflowEnvironmentOptions,
  TimeSkippingTestWorkflowEnvironmentOptions,
} from './options.js';
import { TimeSkippingClient } from './time-skipping-client.js';

interface Parts {
  readonly connection: Connection;
  readonly address: string;
  readonly namespace: string | undefined;
  readonly client: ClientOptionsForTestEnv | undefined;
  /** Undefined: a server that was there before. */
  readonly server?: InProcessServer | undefined;
}

/**
 * What a test of workflows needs: a server in the same process, a client of it, and its time.
 *
 *     const env = await TestWorkflowEnvironment.createTimeSkipping();
 *     const worker = await Worker.create({ connection: env.nativeConnection, taskQueue: 'test', workflowsPath, activities });
 *     await worker.runUntil(env.client.workflow.execute(sleepsAMonth, { workflowId: 'w', taskQueue: 'test' }));
 *     await env.teardown();
 *
 * Environments are cheap: take one for each test file, or for each test.
 */
export class TestWorkflowEnvironment {
  /** Of `nativeConnection` and `client`. Shared by all clients and workers of the test. */
  readonly connection: Connection;
  /** The same connection: for code that keeps one for workers. */
  readonly nativeConnection: Connection;
  /** Of an environment that skips time: lets time be skipped while it waits for the result of a workflow. */
  readonly client: Client;
  /** Where the server answers: `host:port` of its port if it has one. */
  readonly address: string;
  /** Default `default`. */
  readonly namespace: string | undefined;
  readonly supportsTimeSkipping: boolean;
  readonly #server: InProcessServer | undefined;

  protected constructor({ connection, address, namespace, client, server }: Parts) {
    this.connection = connection;
    this.nativeConnection = connection;
    this.address = address;
    this.namespace = namespace;
    this.supportsTimeSkipping = server?.clock !== undefined;
    this.#server = server;
    const ClientClass = this.supportsTimeSkipping ? TimeSkippingClient : Client;
    this.client = new ClientClass({ ...client, connection, namespace });
  }

  /**
   * An environment whose time is skipped: whenever a result is awaited (or `sleep`) and no worker is at work, time goes on to
   * what is due next. Time-outs, retries, timers and cron all come in their order, without the waiting. Time is one for
   * the whole environment: tests that run at the same time should each have their own.
   *
   * Rejects with IllegalStateError when `@perdure/server` is not installed.
   */
  static async createTimeSkipping(
    options: TimeSkippingTestWorkflowEnvironmentOptions = {},
  ): Promise<TestWorkflowEnvironment> {
    return this.#inProcess({ ...options.server, skipsTime: true }, options.client);
  }

  /** An environment by the real clock. Rejects with IllegalStateError when `@perdure/server` is not installed. */
  static async createLocal(options: LocalTestWorkflowEnvironmentOptions = {}): Promise<TestWorkflowEnvironment> {
    return this.#inProcess({ ...options.server, skipsTime: false }, options.client);
  }

  /** An environment on a server that runs already; its time is real. Rejects with GrpcServiceError when it does not answer. */
  static async createFromExistingServer(
    options: ExistingServerTestWorkflowEnvironmentOptions = {},
  ): Promise<TestWorkflowEnvironment> {
    const { address = LOCAL_TARGET, namespace = 'default', connectionOptions, client } = options;
    const connection = await Connection.connect({ ...connectionOptions, address });
    return new this({ connection, address, namespace, client });
  }

  static async #inProcess(
    config: Parameters<typeof startInProcess>[0],
    client: ClientOptionsForTestEnv | undefined,
  ): Promise<TestWorkflowEnvironment> {
    const server = await startInProcess(config);
    const { connection, address } = server;
    return new this({ connection, address, namespace: config.namespace, client, server });
  }

  /**
   * Resolves when this much time has passed in the environment. Where time is skipped that takes a moment, or as long as
   * workers are at work meanwhile; called in an activity, it lets time pass the activity itself. Else it takes the time it says.
   * Durations are milliseconds or text such as `'30 days'`.
   */
  readonly sleep = async (duration: Duration): Promise<void> => {
    const sleepMs = durationMs(duration);
    if (this.supportsTimeSkipping) await this.connection.testService.unlockTimeSkippingWithSleep({ duration: sleepMs });
    else await new Promise((resolve) => setTimeout(resolve, sleepMs));
  };

  /**
   * Moves time on by force, also while activities run and while nobody polls: their time-outs come. At each stop on the way
   * workers may answer the tasks that come of it. Rejects with IllegalStateError where time cannot be skipped.
   */
  async advance(duration: Duration): Promise<void> {
    const clock = this.#server?.clock;
    if (clock === undefined) {
      throw new IllegalStateError(
        'Time can be moved only where it is skipped: TestWorkflowEnvironment.createTimeSkipping()',
      );
    }
    await clock.advance(durationMs(duration));
  }

  /** What time it is in the environment, in milliseconds since the epoch. */
  async currentTimeMs(): Promise<number> {
    return this.#server?.clock?.nowMs() ?? Date.now();
  }

  /** Ends the connection, and the server if it is the environment's own. Workers should have ended before. */
  async teardown(): Promise<void> {
    await this.connection.close();
    await this.#server?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.teardown();
  }
}
