/** Enum numbers to names and back, without a second table: the names are the keys of the generated objects. */

/** A generated enum: its number by short name, and what the short names leave out of the full ones. */
export interface EnumNames {
  /** `EVENT_TYPE_` for EventType. */
  readonly prefix: string;
  readonly values: Readonly<Record<string, number>>;
}

const shortNames = new WeakMap<EnumNames, Map<number, string>>();

/** The full protobuf name (`EVENT_TYPE_TIMER_FIRED`), or the number as text if the enum has no such value. */
export function enumName(names: EnumNames, value: number): string {
  const short = byNumber(names).get(value);
  return short === undefined ? String(value) : names.prefix + short;
}

/** The name without the enum's prefix (`TIMER_FIRED`), or the number as text if the enum has no such value. */
export function enumShortName(names: EnumNames, value: number): string {
  return byNumber(names).get(value) ?? String(value);
}

/** The number of a full or short name; undefined when the enum has no such name. */
export function enumValue(names: EnumNames, name: string): number | undefined {
  const short = name.startsWith(names.prefix) ? name.slice(names.prefix.length) : name;
  return Object.hasOwn(names.values, short) ? names.values[short] : undefined;
}

function byNumber(names: EnumNames): Map<number, string> {
  let index = shortNames.get(names);
  if (!index) {
    index = new Map();
    // The first name of an aliased number wins, as in protobuf's own text formats.
    for (const [name, value] of Object.entries(names.values)) if (!index.has(value)) index.set(value, name);
    shortNames.set(names, index);
  }
  return index;
}
