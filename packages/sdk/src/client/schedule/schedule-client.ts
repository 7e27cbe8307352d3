/** The client of schedules: workflows that are started at certain times. */
import { randomUUID } from 'node:crypto';
import type { Workflow } from '../../conversion/workflow-types.js';
import { loadContext } from '../client-options.js';
import type { CommonClientOptions } from '../client-options.js';
import type { ConnectionLike } from '../connection.js';
import type { ClientContext } from '../context.js';
import { intercepted } from '../intercept.js';
import type { CreateScheduleInput, CreateScheduleOutput, ScheduleClientInterceptor } from '../interceptors.js';
import { translated } from '../service-errors.js';
import { memoBytes } from '../start-request.js';
import { compileScheduleOptions } from './compile.js';
import { scheduleError } from './errors.js';
import { scheduleHandle } from './schedule-handle.js';
import type { ScheduleHandle } from './schedule-handle.js';
import { attributeBytes, encodeBackfill, encodeSchedule, scheduleSummary } from './schedule-wire.js';
import { encodeScheduleOverlapPolicy } from './types.js';
import type { ScheduleOptions, ScheduleOptionsStartWorkflowAction, ScheduleSummary } from './types.js';

export interface ScheduleClientOptions extends CommonClientOptions {
  interceptors?: ScheduleClientInterceptor[] | undefined;
}

export interface ListScheduleOptions {
  /** Schedules per call of the server. Default: the server's. */
  pageSize?: number | undefined;
  /** Filter by search attributes. Default: all. */
  query?: string | undefined;
}

/** Creates schedules and gives handles of them. */
export class ScheduleClient {
  readonly options: ClientContext;
  readonly #interceptors: readonly ScheduleClientInterceptor[];

  constructor({ interceptors = [], ...options }: ScheduleClientOptions = {}) {
    this.options = loadContext(options);
    this.#interceptors = interceptors;
  }

  get connection(): ConnectionLike {
    return this.options.connection;
  }

  get workflowService(): ConnectionLike['workflowService'] {
    return this.connection.workflowService;
  }

  /**
   * Creates a schedule; it is at work at once unless `state.paused` is set.
   * Rejects with ScheduleAlreadyRunning, NamespaceNotFoundError, ServiceError; with ValueError for wrong options.
   */
  async create<W extends Workflow = Workflow>(
    options: ScheduleOptions<ScheduleOptionsStartWorkflowAction<W>>,
  ): Promise<ScheduleHandle> {
    const input = { options: compileScheduleOptions(options), headers: {} };
    const call = (given: CreateScheduleInput): Promise<CreateScheduleOutput> => this.#create(given);
    await intercepted(this.#interceptors, 'create', call)(input);
    return this.getHandle(options.scheduleId);
  }

  /** The handle of a schedule. Nothing is asked of the server: calls of the handle tell when there is no such schedule. */
  getHandle(scheduleId: string): ScheduleHandle {
    return scheduleHandle(this, this.options, scheduleId);
  }

  /** Schedules, fetched as the list is consumed. */
  async *list(options: ListScheduleOptions = {}): AsyncGenerator<ScheduleSummary> {
    const { namespace } = this.options;
    const { query, pageSize: maximumPageSize } = options;
    let nextPageToken: Uint8Array = new Uint8Array(0);
    do {
      const request = { namespace, query, maximumPageSize, nextPageToken };
      const page = await translated('Schedules could not be listed', () => this.workflowService.listSchedules(request));
      for (const entry of page.schedules) yield scheduleSummary(this.options, entry);
      ({ nextPageToken } = page);
    } while (nextPageToken.length > 0);
  }

  async #create({ options, headers }: CreateScheduleInput): Promise<CreateScheduleOutput> {
    const { namespace, identity, dataConverter } = this.options;
    const { scheduleId, memo, state } = options;
    const request = {
      namespace,
      identity,
      requestId: randomUUID(),
      scheduleId,
      schedule: await encodeSchedule(this.options, options, headers),
      memo: memo && (await memoBytes(dataConverter, memo)),
      searchAttributes: attributeBytes(options.typedSearchAttributes),
      initialPatch: {
        triggerImmediately:
          state?.triggerImmediately === true ? { overlapPolicy: encodeScheduleOverlapPolicy('ALLOW_ALL') } : undefined,
        backfillRequest: state?.backfill?.map(encodeBackfill),
      },
    };
    try {
      const { conflictToken } = await this.workflowService.createSchedule(request);
      return { conflictToken };
    } catch (thrown) {
      throw scheduleError(thrown, `The schedule '${scheduleId}' could not be created`, scheduleId);
    }
  }
}
