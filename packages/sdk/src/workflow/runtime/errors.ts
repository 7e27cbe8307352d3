/** Errors of workflow code that have a class of their own. */
import { namedErrorClass } from '../../conversion/error-class.js';
import {
  ActivityFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  NexusOperationFailure,
} from '../../conversion/failure.js';
import type { WorkflowCommand } from '../../replay/contract.js';

type ContinueAsNewCommand = Extract<WorkflowCommand, { kind: 'continueAsNew' }>;

/** What the runtime itself throws at workflow code. */
export class WorkflowError extends Error {}
namedErrorClass(WorkflowError, 'WorkflowError');

/** The code does what a replay could not do again. */
export class DeterminismViolationError extends WorkflowError {}
namedErrorClass(DeterminismViolationError, 'DeterminismViolationError');

/** Ends a run so that a new one follows. Thrown by `continueAsNew`; do not catch it. */
export class ContinueAsNew extends Error {
  readonly command: ContinueAsNewCommand;

  constructor(command: ContinueAsNewCommand) {
    super('Workflow continued as new');
    this.command = command;
  }
}
namedErrorClass(ContinueAsNew, 'ContinueAsNew');

export interface LocalActivityBackoff {
  /** Number of the attempt to make next. */
  readonly attempt: number;
  readonly backoffMs: number;
  readonly originalScheduleTimeMs: number | undefined;
}

/** A local activity is to be scheduled again after a durable timer. Only interceptors see it. */
export class LocalActivityDoBackoff extends Error {
  readonly backoff: LocalActivityBackoff;

  constructor(backoff: LocalActivityBackoff) {
    super(`Local activity retries after a timer of ${backoff.backoffMs} ms`);
    this.backoff = backoff;
  }
}
namedErrorClass(LocalActivityDoBackoff, 'LocalActivityDoBackoff');

/** Whether the error tells of a cancellation: of a scope, or of an activity, child or operation in one. */
export function isCancellation(error: unknown): boolean {
  if (error instanceof CancelledFailure) return true;
  const isOfAnother =
    error instanceof ActivityFailure || error instanceof ChildWorkflowFailure || error instanceof NexusOperationFailure;
  return isOfAnother && error.cause instanceof CancelledFailure;
}
