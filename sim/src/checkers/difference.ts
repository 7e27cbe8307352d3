/** Where two values differ, or undefined. A missing property equals one that is undefined. */
export function difference(left: unknown, right: unknown, path = ''): string | undefined {
  if (Object.is(left, right)) return undefined;
  if (left instanceof Uint8Array && right instanceof Uint8Array)
    return sameBytes(left, right) ? undefined : `${path}: other bytes`;
  if (left instanceof Map && right instanceof Map) return mapDifference(left, right, path);
  if (left instanceof Set && right instanceof Set) return difference([...left], [...right], path);
  if (isChunkedSet(left) && isChunkedSet(right)) return difference(sortedUnion(left), sortedUnion(right), path);
  if (Array.isArray(left) && Array.isArray(right)) return arrayDifference(left, right, path);
  if (isRecord(left) && isRecord(right)) return recordDifference(left, right, path);
  return `${path}: ${show(left)} ≠ ${show(right)}`;
}

/** A set in chunks: how it is cut up does not matter. */
function isChunkedSet(value: unknown): value is ReadonlySet<string>[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => item instanceof Set);
}

function sortedUnion(chunks: readonly ReadonlySet<string>[]): string[] {
  return chunks.flatMap((chunk) => [...chunk]).sort();
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}

function mapDifference(
  left: ReadonlyMap<unknown, unknown>,
  right: ReadonlyMap<unknown, unknown>,
  path: string,
): string | undefined {
  if (left.size !== right.size) return `${path}: ${left.size} entries ≠ ${right.size}`;
  for (const [key, value] of left) {
    if (!right.has(key)) return `${path}: no ${show(key)} on the right`;
    const found = difference(value, right.get(key), `${path}[${show(key)}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function arrayDifference(left: readonly unknown[], right: readonly unknown[], path: string): string | undefined {
  if (left.length !== right.length) return `${path}: ${left.length} items ≠ ${right.length}`;
  for (let index = 0; index < left.length; index += 1) {
    const found = difference(left[index], right[index], `${path}[${index}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function recordDifference(
  left: Record<string, unknown>,
  right: Record<string, unknown>,
  path: string,
): string | undefined {
  for (const key in left) {
    const found = difference(left[key], right[key], `${path}.${key}`);
    if (found !== undefined) return found;
  }
  for (const key in right)
    if (!(key in left) && right[key] !== undefined) return `${path}.${key}: undefined ≠ ${show(right[key])}`;
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Map) &&
    !(value instanceof Set) &&
    !(value instanceof Uint8Array) &&
    !Array.isArray(value)
  );
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'object' && value !== null)
    return JSON.stringify(value, (_key, inner: unknown) =>
      inner instanceof Uint8Array ? `${inner.length} bytes` : inner,
    ).slice(0, 120);
  return String(value);
}
