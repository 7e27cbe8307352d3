/** What is to be done once a transition is committed; a closed union. The core only names it, the engine does it. */
import type { UpdateOutcome } from './update-outcome.js';
import type { Address, ExecutionMessage } from './messages.js';
import type { NewRun } from './start.js';

export type Effect =
  /** A workflow task waits for a poller; the engine claims a parked one, or stores a dispatch row. */
  | { readonly kind: 'offerWorkflowTask'; readonly scheduledEventId: number }
  | { readonly kind: 'offerActivityTask'; readonly scheduledEventId: number; readonly eager: boolean }
  | { readonly kind: 'send'; readonly to: Address; readonly message: ExecutionMessage }
  /** The run that continues this one: written in the same commit. */
  | { readonly kind: 'startSuccessor'; readonly run: NewRun }
  | { readonly kind: 'updateAccepted'; readonly updateId: string }
  | { readonly kind: 'updateResolved'; readonly updateId: string; readonly outcome: UpdateOutcome }
  /** Not seen by the worker: its caller is told to repeat it, or it is repeated on the next run. */
  | {
      readonly kind: 'updateAborted';
      readonly updateId: string;
      readonly reason: 'closed' | 'continued' | 'taskFailed';
    };
