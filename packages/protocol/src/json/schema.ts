/** What JSON has to know of messages: names and types of fields. Rows are generated and read when they are first asked for. */
import type { EnumNames } from '../enum-names.js';
import { enumNames, messageRows } from '../generated/schema.js';

/** b bool, d double, e enum, f float, i int32, l int64, u uint32, s string, y bytes, m message, t Timestamp, n Duration,
 * w DoubleValue. */
export type Kind = 'b' | 'd' | 'e' | 'f' | 'i' | 'l' | 'u' | 's' | 'y' | 'm' | 't' | 'n' | 'w';

export interface FieldSchema {
  readonly id: number;
  readonly kind: Kind;
  readonly shape: 'single' | 'repeated' | 'map';
  /** As JSON has it. */
  readonly name: string;
  readonly isKeyText: boolean;
  /** Of a message field. */
  readonly message: () => MessageSchema;
  /** Of an enum field. */
  readonly enum: EnumNames;
}

export interface MessageSchema {
  readonly fullName: string;
  readonly fields: readonly FieldSchema[];
  readonly byId: ReadonlyMap<number, FieldSchema>;
  /** By JSON name and by the name in the definition (`task_queue`). */
  readonly byName: ReadonlyMap<string, FieldSchema>;
}

const NO_ENUM: EnumNames = { prefix: '', values: {} };
const schemas = new Map<string, MessageSchema>();
let fullNames: Map<string, string> | undefined;

/** By full name, such as `temporal.api.history.v1.History`; undefined for a type that is not of the contract. */
export function schemaOf(fullName: string): MessageSchema | undefined {
  fullNames ??= new Map(
    Object.entries(messageRows).map(([name, row]) => [row.slice(0, row.indexOf(';')), name] as const),
  );
  const name = fullNames.get(fullName);
  return name === undefined ? undefined : schemaNamed(name);
}

function schemaNamed(name: string): MessageSchema {
  let schema = schemas.get(name);
  if (schema === undefined) {
    schema = parse(messageRows[name] ?? ';');
    schemas.set(name, schema);
  }
  return schema;
}

function parse(row: string): MessageSchema {
  const [fullName = '', table = ''] = row.split(';');
  const fields = table === '' ? [] : table.split(',').map(parseField);
  const named = fields.flatMap((field) => [[field.name, field] as const, [snakeCase(field.name), field] as const]);
  return { fullName, fields, byId: new Map(fields.map((field) => [field.id, field])), byName: new Map(named) };
}

function parseField(entry: string): FieldSchema {
  const [id, code = '', name = '', type = ''] = entry.split(' ');
  const shape = code.slice(1);
  return {
    id: Number(id),
    kind: code[0] as Kind,
    shape: shape === '' ? 'single' : shape === '*' ? 'repeated' : 'map',
    name,
    isKeyText: shape === 'S',
    message: () => schemaNamed(type),
    enum: enumNames[type] ?? NO_ENUM,
  };
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
