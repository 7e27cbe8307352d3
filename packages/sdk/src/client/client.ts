/** One object for everything that is asked of a server. */
import type { CommonClientOptions } from './client-options.js';
import { Connection } from './connection.js';
import type { ConnectionLike } from './connection.js';
import type { Metadata } from './connection-options.js';
import type { ClientInterceptors } from './interceptors.js';
import { configuredClient } from './plugins.js';
import type { ClientPlugin } from './plugins.js';
import { ActivityClient } from './standalone-activity/index.js';
import { ScheduleClient } from './schedule/index.js';
import { WorkflowClient } from './workflow-client.js';
import type { WorkflowClientOptions } from './workflow-client.js';

export interface ClientOptions extends CommonClientOptions {
  interceptors?: ClientInterceptors | undefined;
  /** Change these options, in their order, after those of the connection. */
  plugins?: readonly ClientPlugin[] | undefined;
  workflow?: Pick<WorkflowClientOptions, 'queryRejectCondition'> | undefined;
}

/**
 *     const connection = await Connection.connect({ address: 'localhost:7233' });
 *     const client = new Client({ connection });
 *     const result = await client.workflow.execute('order', { workflowId: 'order-1234', taskQueue: 'orders', args: [1234] });
 */
export class Client {
  readonly connection: ConnectionLike;
  /** Starts, handles, lists. */
  readonly workflow: WorkflowClient;
  /** Activities without a workflow; completion of activities from outside of a worker. */
  readonly activity: ActivityClient;
  /** Workflows that are started at certain times. */
  readonly schedule: ScheduleClient;
  readonly options: ClientOptions;

  constructor(given: ClientOptions = {}) {
    const options = configuredClient(given);
    const { interceptors, workflow, ...common } = options;
    const connection = options.connection ?? Connection.lazy();
    this.options = options;
    this.connection = connection;
    this.workflow = this.workflowClient({ ...common, ...workflow, connection, interceptors: interceptors?.workflow });
    this.schedule = new ScheduleClient({ ...common, connection, interceptors: interceptors?.schedule });
    this.activity = new ActivityClient({ ...common, connection, interceptors: interceptors?.activity });
  }

  get workflowService(): ConnectionLike['workflowService'] {
    return this.connection.workflowService;
  }

  /** Made once, by the constructor: for kinds of clients that have another one. */
  protected workflowClient(options: WorkflowClientOptions): WorkflowClient {
    return new WorkflowClient(options);
  }

  /** Calls inside of `fn` end with DEADLINE_EXCEEDED at this time (milliseconds since the epoch, or a date). */
  async withDeadline<R>(deadline: number | Date, fn: () => Promise<R>): Promise<R> {
    return this.connection.withDeadline(deadline, fn);
  }

  /** Calls inside of `fn` end with CANCELLED when the signal is aborted. */
  async withAbortSignal<R>(abortSignal: AbortSignal, fn: () => Promise<R>): Promise<R> {
    return this.connection.withAbortSignal(abortSignal, fn);
  }

  /** Calls inside of `fn` send these headers too. */
  async withMetadata<R>(metadata: Metadata, fn: () => Promise<R>): Promise<R> {
    return this.connection.withMetadata(metadata, fn);
  }
}
