/**
 * JSON that keeps what JSON forgets: the text is as usual, so that every tool and SDK reads it, and a note beside it says which
 * places hold a date, a bigint, a map or a set.
 */

type Kind = 'Date' | 'bigint' | 'Map' | 'Set';

/** Kind by place; places are JSON pointers (`/items/0/due`), deepest last. */
type Notes = Record<string, Kind>;

export interface TypedJson {
  readonly text: string;
  /** JSON too; undefined when there is nothing to say. */
  readonly notes: string | undefined;
}

/** Undefined for what JSON cannot hold at all. Throws what `JSON.stringify` throws. */
export function typedJson(value: unknown): TypedJson | undefined {
  const places = new Map<unknown, string>();
  const notes: Notes = {};
  const text = JSON.stringify(value, function (this: Record<string, unknown>, key: string, converted: unknown) {
    // Dates have become texts by now; the original is still in its holder.
    const original = this[key];
    const holder = places.get(this);
    const place = holder === undefined ? '' : `${holder}/${escaped(key)}`;
    const kind = kindOf(original);
    if (kind !== undefined) notes[place] = kind;
    const written = plain(kind, original, converted);
    if (typeof written === 'object' && written !== null) places.set(written, place);
    return written;
  }) as string | undefined;
  if (text === undefined) return undefined;
  return { text, notes: Object.keys(notes).length === 0 ? undefined : JSON.stringify(notes) };
}

/** Throws SyntaxError when one of the texts is not JSON. */
export function parseTypedJson(text: string, notes: string | undefined): unknown {
  const root = { '': JSON.parse(text) as unknown };
  if (notes === undefined) return root[''];
  const byDepth = Object.entries(JSON.parse(notes) as Notes).sort(([a], [b]) => depth(b) - depth(a));
  for (const [place, kind] of byDepth) restore(root, place, kind);
  return root[''];
}

function kindOf(value: unknown): Kind | undefined {
  if (typeof value === 'bigint') return 'bigint';
  if (typeof value !== 'object' || value === null) return undefined;
  // By tag, not by class: the value may come from another realm.
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return tag === 'Date' || tag === 'Map' || tag === 'Set' ? tag : undefined;
}

function plain(kind: Kind | undefined, original: unknown, converted: unknown): unknown {
  switch (kind) {
    case undefined:
    case 'Date':
      return converted;
    case 'bigint':
      return String(original);
    case 'Map':
    case 'Set':
      return [...(original as Iterable<unknown>)];
  }
}

function restore(root: Record<string, unknown>, place: string, kind: Kind): void {
  const keys = place.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  let holder: unknown = root;
  for (const key of keys) {
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) return;
    holder = (holder as Record<string, unknown>)[key];
  }
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, last)) return;
  const record = holder as Record<string, unknown>;
  record[last] = restored(kind, record[last]);
}

function restored(kind: Kind, value: unknown): unknown {
  switch (kind) {
    case 'Date':
      return new Date(typeof value === 'string' ? value : NaN);
    case 'bigint':
      return typeof value === 'string' ? BigInt(value) : value;
    case 'Map':
      return new Map(value as [unknown, unknown][]);
    case 'Set':
      return new Set(value as unknown[]);
    default:
      // A kind of a newer version: the plain value is what there is.
      return value;
  }
}

function depth(place: string): number {
  return place.split('/').length;
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
