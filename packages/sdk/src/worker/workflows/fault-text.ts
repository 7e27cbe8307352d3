/** What people and histories are told when a Workflow Task fails. */
import { EventTypeNames, enumName, Failure, WorkflowTaskFailedCause } from '@perdure/protocol';
import { FAILURE_SOURCE } from '../../conversion/failure.js';
import type { Fault } from '../../replay/mismatch.js';

/** Type of the failure of a task whose code does not do what history says. */
export const NONDETERMINISM = 'DeterminismViolationError';

export function faultText(fault: Fault): string {
  switch (fault.kind) {
    case 'mismatch': {
      const { eventId, historyHas, codeDid, difference, hint } = fault;
      const event = enumName(EventTypeNames, fault.eventType);
      const why = difference === undefined ? '' : ` (${difference})`;
      return (
        `[TMPRL1100] Nondeterminism: the workflow's code does not do what its history says. ` +
        `Event ${eventId} (${event}): history has: ${historyHas}; the code did: ${codeDid}${why}. ${hint}`
      );
    }
    case 'brokenHistory':
      return `The history cannot be replayed at event ${fault.eventId} (${enumName(EventTypeNames, fault.eventType)}): ${fault.message}`;
    case 'brokenContract':
      return `A bug of this SDK: ${fault.message}`;
  }
}

export function faultFailure(fault: Fault): Uint8Array {
  const type = fault.kind === 'mismatch' ? NONDETERMINISM : 'IllegalStateError';
  return Failure.encode({ message: faultText(fault), source: FAILURE_SOURCE, applicationFailureInfo: { type } });
}

export function faultCause(fault: Fault): WorkflowTaskFailedCause {
  if (fault.kind === 'mismatch') return WorkflowTaskFailedCause.NON_DETERMINISTIC_ERROR;
  return WorkflowTaskFailedCause.WORKFLOW_WORKER_UNHANDLED_FAILURE;
}

/** The code did not end in its slice. */
export function spunFailure(sliceMs: number, stack: string | undefined): Uint8Array {
  const message =
    `[TMPRL1101] Workflow code ran for more than ${sliceMs} ms without waiting, and was stopped. ` +
    'A loop that waits for the clock never ends, as time stands still while workflow code runs: use `sleep` or `condition`. ' +
    'Long computations belong into an activity';
  const info = { type: 'WorkflowSliceExceeded' };
  return Failure.encode({ message, source: FAILURE_SOURCE, stackTrace: stack, applicationFailureInfo: info });
}

/** The text and stack of an encoded failure, for a log. */
export function failureFields(bytes: Uint8Array): { readonly message: string; readonly stack: string | undefined } {
  const { message, stackTrace } = Failure.decode(bytes);
  return { message, stack: stackTrace === '' ? undefined : stackTrace };
}
