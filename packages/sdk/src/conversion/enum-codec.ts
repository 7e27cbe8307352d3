/** Enums of the wire under the short names that users write. */
import { type EnumNames, enumShortName, enumValue } from '@perdure/protocol';
import { ValueError } from './errors.js';

export interface EnumCodec<Name extends string, Value extends number> {
  /** The number of a name, with or without the prefix of the wire; numbers pass; nothing stays nothing. Throws ValueError. */
  encode(input: Name | `${string}_${Name}` | Value | null | undefined): Value | undefined;
  /** The short name of a number; undefined for 0, nothing and numbers without a name here. */
  decode(input: Value | null | undefined): Name | undefined;
}

/** The codec of one enum, of the names in `users`. */
export function enumCodec<Name extends string, Value extends number>(
  what: string,
  users: Readonly<Record<string, Name>>,
  wire: EnumNames,
): EnumCodec<Name, Value> {
  const names = new Set<string>(Object.values(users));
  return {
    encode(input) {
      if (input === undefined || input === null) return undefined;
      const value = typeof input === 'number' ? input : enumValue(wire, input);
      const isKnown = value === 0 || (value !== undefined && names.has(enumShortName(wire, value)));
      if (isKnown) return value as Value;
      throw new ValueError(`${JSON.stringify(input)} is not a ${what}: use one of ${[...names].join(', ')}`);
    },
    decode(input) {
      if (input === undefined || input === null || input === 0) return undefined;
      const name = enumShortName(wire, input);
      return names.has(name) ? (name as Name) : undefined;
    },
  };
}
