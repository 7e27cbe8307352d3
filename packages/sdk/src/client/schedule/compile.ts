/** Options of schedules, checked and with their defaults. */
import { ValueError } from '../../conversion/errors.js';
import { extractWorkflowType } from '../../conversion/workflow-options.js';
import type { Workflow } from '../../conversion/workflow-types.js';
import type {
  CompiledScheduleAction,
  CompiledScheduleOptions,
  ScheduleOptions,
  ScheduleOptionsAction,
  ScheduleOptionsStartWorkflowAction,
} from './types.js';

/** Throws ValueError for what is missing. */
export function compileScheduleOptions<W extends Workflow>(
  options: ScheduleOptions<ScheduleOptionsStartWorkflowAction<W>>,
): CompiledScheduleOptions {
  const { scheduleId } = options;
  if (typeof scheduleId !== 'string' || scheduleId === '') {
    throw new ValueError('The option `scheduleId` is missing: give an id that means something to you');
  }
  return { ...options, action: compileScheduleAction(scheduleId, options.action) };
}

export function compileScheduleAction<W extends Workflow>(
  scheduleId: string,
  given: ScheduleOptionsStartWorkflowAction<W>,
): CompiledScheduleAction {
  const action = given as ScheduleOptionsAction | undefined;
  if (action?.type !== 'startWorkflow') {
    throw new ValueError("The option `action` must be { type: 'startWorkflow', workflowType, taskQueue, … }");
  }
  if (typeof action.taskQueue !== 'string' || action.taskQueue === '') {
    throw new ValueError('The option `action.taskQueue` is missing: give the task queue that your workers poll');
  }
  return {
    ...action,
    workflowId: action.workflowId ?? `${scheduleId}-workflow`,
    workflowType: extractWorkflowType(action.workflowType),
    args: [...((action.args ?? []) as readonly unknown[])],
  };
}
