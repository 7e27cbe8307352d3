/** What in a value JSON cannot hold, and where: for people. */

export interface Refusal {
  /** As in code: `.items[2].price`; empty for the value itself. */
  readonly place: string;
  readonly reason: string;
}

/** The first thing that stands in the way; undefined when nothing is found. */
export function jsonRefusal(value: unknown): Refusal | undefined {
  return search(value, '', []);
}

function search(value: unknown, place: string, parents: readonly object[]): Refusal | undefined {
  if (typeof value === 'bigint') {
    return {
      place,
      reason:
        'a bigint is not JSON. Send it as text, value.toString(), or use new DefaultPayloadConverter({ keepTypes: true })',
    };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (parents.includes(value)) {
    return { place, reason: 'it is an object that contains itself: a circular structure. Send plain data' };
  }
  if (typeof (value as { readonly toJSON?: unknown }).toJSON === 'function') return undefined;
  const inside = [...parents, value];
  for (const [key, item] of Object.entries(value)) {
    const found = search(item, `${place}${step(value, key)}`, inside);
    if (found !== undefined) return found;
  }
  return undefined;
}

function step(parent: object, key: string): string {
  if (Array.isArray(parent)) return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
