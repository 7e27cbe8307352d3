/**
 * The search attribute TemporalReportedProblems: set once workflow tasks have failed or timed out several times without one
 * that completed between them, and removed by the next one that does. History does not tell of it.
 */
import { TimeoutType, TimeoutTypeNames, WorkflowTaskFailedCauseNames, enumName } from '@perdure/protocol';
import type { WorkflowTaskFailedCause } from '@perdure/protocol';
import { pascalCase } from './command-check.js';
import type { WorkflowTaskProblem } from './state.js';

export const REPORTED_PROBLEMS = 'TemporalReportedProblems';

/** What to report from now on; undefined = nothing (new). `attemptsMin` 0: never anything. */
export function newlyReported(
  before: WorkflowTaskProblem | undefined,
  now: WorkflowTaskProblem,
  attemptsMin: number,
): readonly string[] | undefined {
  if (attemptsMin === 0 || now.attempts < attemptsMin) return undefined;
  const problems = describe(now);
  const isKnown = before !== undefined && before.attempts >= attemptsMin && describe(before).join() === problems.join();
  return isKnown ? undefined : problems;
}

/** Of the last attempt that history tells of: the attempts after it failed too, and write nothing. */
function describe({ written: { cause, isTimeout } }: WorkflowTaskProblem): string[] {
  return isTimeout
    ? ['category=WorkflowTaskTimedOut', `cause=WorkflowTaskTimedOutCause${timeoutName(TimeoutType.START_TO_CLOSE)}`]
    : ['category=WorkflowTaskFailed', `cause=WorkflowTaskFailedCause${causeName(cause)}`];
}

/** BAD_START_TIMER_ATTRIBUTES → BadStartTimerAttributes, as users of the field know it. */
export function causeName(cause: WorkflowTaskFailedCause): string {
  const full = enumName(WorkflowTaskFailedCauseNames, cause) ?? String(cause);
  return pascalCase(full.replace(WorkflowTaskFailedCauseNames.prefix, ''));
}

function timeoutName(type: TimeoutType): string {
  return pascalCase((enumName(TimeoutTypeNames, type) ?? '').replace(TimeoutTypeNames.prefix, ''));
}
