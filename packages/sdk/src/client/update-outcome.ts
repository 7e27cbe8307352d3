/** How an update ended: payloads, or a failure, both still encoded. */
import type { Outcome } from '@perdure/protocol';
import { errorFromFailureBytes, valueFromBytes } from '../conversion/codec-pass.js';
import type { LoadedDataConverter } from '../conversion/data-converter.js';
import { WorkflowUpdateFailedError } from './errors.js';

export type UpdateOutcome = Outcome;

/** The result of the handler. Rejects with WorkflowUpdateFailedError when there is none. */
export async function resultOfOutcome<Ret>(converter: LoadedDataConverter, outcome: UpdateOutcome): Promise<Ret> {
  if (outcome.failure !== undefined) {
    const cause = await errorFromFailureBytes(converter, outcome.failure);
    throw new WorkflowUpdateFailedError('Workflow Update failed', cause);
  }
  return valueFromBytes<Ret>(converter, outcome.success);
}
