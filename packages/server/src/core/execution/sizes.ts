/** Payload bounds inside commands: an oversized payload ends the run (rule of the field), so the message says which. */
import type { CommandFailure } from './commands.js';
import type { Draft } from './draft.js';
import type { WorkflowTaskFailedCause } from '@perdure/protocol';

export function oversized(
  draft: Draft,
  cause: WorkflowTaskFailedCause,
  what: string,
  bytes: Uint8Array | undefined,
): CommandFailure | undefined {
  const sizeBytes = bytes?.length ?? 0;
  const { blobSizeBytesMax } = draft.env.limits;
  if (sizeBytes <= blobSizeBytesMax) return undefined;
  return {
    cause,
    message: `${what} exceeds size limit: ${sizeBytes} bytes, at most ${blobSizeBytesMax} are allowed.`,
    terminates: true,
  };
}

export function tooLong(draft: Draft, value: string | undefined): boolean {
  return (value?.length ?? 0) > draft.env.limits.idLengthMax;
}
