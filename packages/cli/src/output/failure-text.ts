/** Failures for people: what failed, why, and what that came from. */
import { Failure } from '@perdure/protocol';

/** One line per link of the chain, the outermost first. */
export function failureLines(encoded: Uint8Array | undefined): string[] {
  const lines: string[] = [];
  for (let next = encoded; next !== undefined;) {
    const failure = Failure.decode(next);
    lines.push(`${lines.length === 0 ? '' : 'caused by '}${failureKind(failure)}${failure.message}`);
    next = failure.cause;
  }
  return lines;
}

/** The outermost line, for a history. */
export function failureLine(encoded: Uint8Array | undefined): string {
  return failureLines(encoded).join(', ');
}

function failureKind(failure: Failure): string {
  const type = failure.applicationFailureInfo?.type ?? '';
  if (type !== '') return `${type}: `;
  const activity = failure.activityFailureInfo?.activityType?.name;
  if (activity !== undefined) return `activity ${activity}: `;
  const child = failure.childWorkflowExecutionFailureInfo?.workflowType?.name;
  return child === undefined ? '' : `child ${child}: `;
}
