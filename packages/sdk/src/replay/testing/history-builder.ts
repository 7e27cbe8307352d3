/** Histories written by hand, and a run that is driven by hand. */
import { inspect } from 'node:util';
import { EventType, HistoryEvent } from '@perdure/protocol';
import type { HistoryEventAttributes, Init } from '@perdure/protocol';
import type { WorkflowCommand } from '../contract.js';
import { applyCompletion, applyTask } from '../run.js';
import type { Step, WorkflowTask } from '../run.js';
import { createRun } from '../run-state.js';
import type { Run } from '../run-state.js';

export class History {
  readonly events: HistoryEvent[] = [];

  add<K extends EventType>(eventType: K, attributes: Init<HistoryEventAttributes[K]>): this {
    const eventId = this.events.length + 1;
    const init = { eventId, eventType, eventTime: 1_000_000 + eventId, attributes } as unknown as Init<HistoryEvent>;
    this.events.push(HistoryEvent.decode(HistoryEvent.encode(init)));
    return this;
  }
  started(): this {
    return this.add(EventType.WORKFLOW_EXECUTION_STARTED, {
      workflowType: { name: 'wf' },
      originalExecutionRunId: 'r',
    });
  }
  /** A task that is started and not yet answered. */
  openTask(): this {
    return this.add(EventType.WORKFLOW_TASK_SCHEDULED, {}).add(EventType.WORKFLOW_TASK_STARTED, {});
  }
  completed(sdkMetadata?: Uint8Array): this {
    return this.add(EventType.WORKFLOW_TASK_COMPLETED, { sdkMetadata });
  }
  task(): this {
    return this.openTask().completed();
  }
  signal(signalName: string): this {
    return this.add(EventType.WORKFLOW_EXECUTION_SIGNALED, { signalName });
  }
}

export function newRun(): Run {
  const sdk = { sdkName: 'perdure', sdkVersion: '1.0.0' };
  return createRun({ runId: 'r', workflowId: 'w', ...sdk, buildId: 'b', deploymentName: '' });
}

/** Everything of `history` that the run has not seen, as a polled task. */
export function poll(run: Run, history: History, previousStartedEventId = 0, more: Partial<WorkflowTask> = {}): Step {
  const events = history.events.slice(run.lastEventId);
  const rest = { historyComplete: true, updates: [], queries: new Map() };
  return applyTask(run, { events, previousStartedEventId, ...rest, ...more });
}

export function answer(run: Run, ...commands: WorkflowCommand[]): Step {
  return applyCompletion(run, { status: 'ok', commands });
}

/** The kinds of the jobs of an activation. */
export function jobsOf(step: Step | undefined): string[] {
  if (step?.kind !== 'activate') throw new Error(`no activation: ${inspect(step, { depth: 6 })}`);
  return step.activation.jobs.map((job) => job.kind);
}

/** The types of the commands of a response. */
export function commandsOf(step: Step | undefined): number[] {
  if (step?.kind !== 'respond') throw new Error(`no response: ${inspect(step, { depth: 6 })}`);
  return step.response.commands.map(({ commandType = 0 }) => commandType);
}
