/** Page tokens: opaque to clients, pinned to what they page through. A token of another kind or version is refused. */
import { Reader, Writer } from '@perdure/protocol';

const TOKEN_VERSION = 1;
const KIND = { history: 1, historyReverse: 2, list: 3 } as const;

export interface HistoryPlace {
  readonly runId: string;
  /** The next event to read: the first of the next page, the last one for a reverse read. */
  readonly nextEventId: number;
}

export function encodeHistoryToken(place: HistoryPlace, isReverse: boolean): Uint8Array {
  return encode(isReverse ? KIND.historyReverse : KIND.history, place.runId, place.nextEventId);
}

export function decodeHistoryToken(token: Uint8Array, isReverse: boolean): HistoryPlace | undefined {
  const read = decode(token);
  if (read?.kind !== (isReverse ? KIND.historyReverse : KIND.history) || read.nextEventId < 1) return undefined;
  return { runId: read.text, nextEventId: read.nextEventId };
}

/** Of lists: a cursor of the store, or the id of the last namespace. */
export function encodeListToken(cursor: string): Uint8Array {
  return cursor === '' ? NO_TOKEN : encode(KIND.list, cursor, 0);
}

export function decodeListToken(token: Uint8Array): string | undefined {
  if (token.length === 0) return '';
  const read = decode(token);
  return read?.kind === KIND.list ? read.text : undefined;
}

export const NO_TOKEN: Uint8Array = new Uint8Array(0);

interface Token {
  kind: number;
  text: string;
  nextEventId: number;
}

function encode(kind: number, text: string, nextEventId: number): Uint8Array {
  const writer = new Writer(64);
  writer.raw(Uint8Array.of(TOKEN_VERSION));
  writer.int32(8, kind);
  writer.string(18, text);
  writer.int64(24, nextEventId);
  return writer.finish();
}

function decode(bytes: Uint8Array): Token | undefined {
  if (bytes[0] !== TOKEN_VERSION) return undefined;
  const token: Token = { kind: 0, text: '', nextEventId: 0 };
  try {
    const reader = new Reader(bytes.subarray(1), 'page token');
    while (reader.offset < reader.end) {
      switch (reader.tag()) {
        case 8: token.kind = reader.int32(); break; // prettier-ignore
        case 18: token.text = reader.string(); break; // prettier-ignore
        case 24: token.nextEventId = reader.int64(); break; // prettier-ignore
        default: return undefined; // prettier-ignore
      }
    }
    return token;
  } catch {
    return undefined;
  }
}
