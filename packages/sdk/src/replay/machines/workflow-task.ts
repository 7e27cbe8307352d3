/** The Workflow Task itself: one at a time. Its start sets the clock; a failure by a reset gives a new random seed. */
import { EventType, WorkflowTaskFailedCause } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import { advance, go } from './table.js';
import type { Table } from './table.js';

export type WorkflowTaskState = 'none' | 'scheduled' | 'started';
export type WorkflowTaskInput = 'scheduled' | 'started' | 'completed' | 'failed' | 'failedByReset' | 'timedOut';
export type WorkflowTaskEffect = 'begin' | 'reseed';

export const workflowTaskTable: Table<WorkflowTaskState, WorkflowTaskInput, WorkflowTaskEffect> = {
  none: {
    scheduled: go('scheduled'),
    started: 'refuse',
    // A sticky task's history begins with the end of the task before.
    completed: 'ignore',
    failed: 'ignore',
    failedByReset: go('none', 'reseed'),
    timedOut: 'ignore',
  },
  scheduled: {
    scheduled: 'refuse',
    started: go('started', 'begin'),
    completed: 'refuse',
    failed: go('none'),
    failedByReset: go('none', 'reseed'),
    timedOut: go('none'),
  },
  started: {
    scheduled: 'refuse',
    started: 'refuse',
    completed: go('none'),
    failed: go('none'),
    failedByReset: go('none', 'reseed'),
    timedOut: go('none'),
  },
};

export interface WorkflowTaskMachine {
  state: WorkflowTaskState;
}

/** What is to be done, or undefined if this event cannot come now. */
export function workflowTaskEvent(
  machine: WorkflowTaskMachine,
  event: HistoryEvent,
): readonly WorkflowTaskEffect[] | undefined {
  const input = inputOf(event);
  return input && advance(workflowTaskTable, machine, input);
}

function inputOf(event: HistoryEvent): WorkflowTaskInput | undefined {
  if (event.eventType === EventType.WORKFLOW_TASK_FAILED)
    return event.attributes.cause === WorkflowTaskFailedCause.RESET_WORKFLOW && event.attributes.newRunId !== ''
      ? 'failedByReset'
      : 'failed';
  return INPUTS[event.eventType];
}

const INPUTS: { readonly [type in EventType]?: WorkflowTaskInput } = {
  [EventType.WORKFLOW_TASK_SCHEDULED]: 'scheduled',
  [EventType.WORKFLOW_TASK_STARTED]: 'started',
  [EventType.WORKFLOW_TASK_COMPLETED]: 'completed',
  [EventType.WORKFLOW_TASK_TIMED_OUT]: 'timedOut',
};
