/**
 * What must be right inside of bytes that are handed on without being read: texts are UTF-8, messages are whole. Who gets
 * them later cannot help it if they are not. The tables are generated.
 */

export interface Shape {
  /** Tag → what the field holds; fields that are not here can only be skipped. */
  readonly fields: ReadonlyMap<number, Shape | typeof TEXT>;
}

export const TEXT = 'text';

const NOTHING_INSIDE: Shape = { fields: new Map() };

/**
 * Tables of `id type`, separated by commas: `$` is a text, empty a message without texts, `key:value` a map.
 * Each is read when it is first asked for.
 */
export function shapesOf<Name extends string>(tables: Readonly<Record<Name, string>>): Readonly<Record<Name, Shape>> {
  const shapes = {} as Record<Name, Shape>;
  for (const name of Object.keys(tables) as Name[]) {
    let fields: Shape['fields'] | undefined;
    shapes[name] = {
      get fields() {
        return (fields ??= parse(tables[name], (type) => shapes[type as Name]));
      },
    };
  }
  return shapes;
}

const LENGTH_DELIMITED = 2;
const tagOf = (id: number): number => id * 8 + LENGTH_DELIMITED;

function parse(table: string, shapeOf: (type: string) => Shape): Shape['fields'] {
  const valueOf = (type: string): Shape | typeof TEXT =>
    type === '$' ? TEXT : type === '' ? NOTHING_INSIDE : shapeOf(type);
  const fields = new Map<number, Shape | typeof TEXT>();
  for (const entry of table === '' ? [] : table.split(',')) {
    const [id = '', type = ''] = entry.split(' ');
    const [key, value] = type.split(':');
    fields.set(tagOf(Number(id)), value === undefined ? valueOf(type) : mapEntry(key === '$', value, valueOf));
  }
  return fields;
}

function mapEntry(isKeyText: boolean, value: string, valueOf: (type: string) => Shape | typeof TEXT): Shape {
  const fields = new Map<number, Shape | typeof TEXT>();
  if (isKeyText) fields.set(tagOf(1), TEXT);
  // Without a type: a number, or bytes that mean nothing here.
  if (value !== '') fields.set(tagOf(2), valueOf(value));
  return { fields };
}
