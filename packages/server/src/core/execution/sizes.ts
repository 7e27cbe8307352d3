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
  const { idLengthMax } = draft.env.limits;
  return value !== undefined && value.length * 3 > idLengthMax && utf8Length(value) > idLengthMax;
}

/** Ids are bounded in bytes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x800) bytes += 2;
    else if (code >= 0x80) bytes += 1;
  }
  return bytes;
}
