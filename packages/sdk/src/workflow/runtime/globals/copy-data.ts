/**
 * Plain data, made anew where this code runs: inside for what the host brings, outside for what the realm gives. An object of
 * the other side must not be seen, for its prototype leads there. Strings, numbers and bigints have nothing that could.
 */
export function copyData<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value as Uint8Array);
  if (Array.isArray(value)) {
    const length = value.length;
    const list: unknown[] = [];
    for (let index = 0; index < length; index += 1) list.push(copy(value[index]));
    return list;
  }
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(value)) fields[key] = copy((value as Record<string, unknown>)[key]);
  return fields;
}
