/** Handles: one schedule each. */
import { randomUUID } from 'node:crypto';
import type { Init, SchedulePatch } from '@perdure/protocol';
import type { Workflow } from '../../conversion/workflow-types.js';
import type { ClientContext } from '../context.js';
import { compileScheduleAction } from './compile.js';
import { scheduleError } from './errors.js';
import type { ScheduleClient } from './schedule-client.js';
import { attributeBytes, encodeBackfill, encodeSchedule, scheduleDescription } from './schedule-wire.js';
import { encodeScheduleOverlapPolicy } from './types.js';
import type {
  Backfill,
  ScheduleDescription,
  ScheduleOptionsStartWorkflowAction,
  ScheduleOverlapPolicy,
  ScheduleUpdateOptions,
} from './types.js';

/** One schedule. Every method rejects with ScheduleNotFoundError, NamespaceNotFoundError and ServiceError. */
export interface ScheduleHandle {
  readonly scheduleId: string;
  readonly client: ScheduleClient;
  describe(): Promise<ScheduleDescription>;
  /** Reads the schedule, and writes what `updateFn` makes of it: `handle.update((previous) => ({ ...previous, spec }))`. */
  update<W extends Workflow = Workflow>(
    updateFn: (previous: ScheduleDescription) => ScheduleUpdateOptions<ScheduleOptionsStartWorkflowAction<W>>,
  ): Promise<void>;
  /** Workflows that it has started go on. */
  delete(): Promise<void>;
  /** Acts once, now. `overlap`: default that of the schedule. */
  trigger(overlap?: ScheduleOverlapPolicy): Promise<void>;
  /** Acts for times in the past. */
  backfill(options: Backfill | Backfill[]): Promise<void>;
  pause(note?: string): Promise<void>;
  unpause(note?: string): Promise<void>;
}

export function scheduleHandle(client: ScheduleClient, context: ClientContext, scheduleId: string): ScheduleHandle {
  const { connection, namespace, identity } = context;
  const { workflowService } = connection;

  async function called<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (thrown) {
      throw scheduleError(thrown, `The schedule '${scheduleId}' could not be ${what}`, scheduleId);
    }
  }

  async function patch(what: string, change: Init<SchedulePatch>): Promise<void> {
    const request = { namespace, identity, scheduleId, requestId: randomUUID(), patch: change };
    await called(what, () => workflowService.patchSchedule(request));
  }

  async function describe(): Promise<ScheduleDescription> {
    const raw = await called('described', () => workflowService.describeSchedule({ namespace, scheduleId }));
    return scheduleDescription(context, scheduleId, raw);
  }

  return {
    client,
    scheduleId,
    describe,
    async update(updateFn) {
      const options = updateFn(await describe());
      const compiled = { ...options, action: compileScheduleAction(scheduleId, options.action) };
      const request = {
        namespace,
        identity,
        scheduleId,
        requestId: randomUUID(),
        schedule: await encodeSchedule(context, compiled, {}),
        searchAttributes: attributeBytes(options.typedSearchAttributes),
      };
      await called('updated', () => workflowService.updateSchedule(request));
    },
    async delete() {
      await called('deleted', () => workflowService.deleteSchedule({ namespace, identity, scheduleId }));
    },
    async trigger(overlap) {
      await patch('triggered', { triggerImmediately: { overlapPolicy: encodeScheduleOverlapPolicy(overlap) } });
    },
    async backfill(options) {
      const list = Array.isArray(options) ? options : [options];
      await patch('backfilled', { backfillRequest: list.map(encodeBackfill) });
    },
    async pause(note) {
      await patch('paused', { pause: note || 'Paused via TypeScript SDK' });
    },
    async unpause(note) {
      await patch('unpaused', { unpause: note || 'Unpaused via TypeScript SDK' });
    },
  };
}
