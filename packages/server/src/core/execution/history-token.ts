/** Where a page of history goes on: pinned to a run, opaque to callers. */
import { decodeValue, encodeValue } from '@perdure/protocol';

export interface HistoryToken {
  readonly runId: string;
  /** The first event of the next page (the last one when reading backwards). */
  readonly nextEventId: number;
  readonly isReverse: boolean;
}

export function encodeHistoryToken({ runId, nextEventId, isReverse }: HistoryToken): Uint8Array {
  return encodeValue([TOKEN_VERSION, runId, nextEventId, isReverse]);
}

/** undefined: not a token of ours. */
export function decodeHistoryToken(bytes: Uint8Array): HistoryToken | undefined {
  let value: unknown;
  try {
    value = decodeValue(bytes);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value) || value[0] !== TOKEN_VERSION) return undefined;
  const [, runId, nextEventId, isReverse] = value as unknown[];
  if (typeof runId !== 'string' || typeof nextEventId !== 'number' || typeof isReverse !== 'boolean') return undefined;
  return { runId, nextEventId, isReverse };
}

const TOKEN_VERSION = 1;
