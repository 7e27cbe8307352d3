/**
 * A set of ids as an immutable value that is cheap to add to: chunks of falling size, merged when they become equal.
 * Adding costs O(log n) on average, where copying one big set for each signal would be quadratic over a run.
 */
export type IdSet = readonly ReadonlySet<string>[];

export const NO_IDS: IdSet = [];

export function hasId(set: IdSet, id: string): boolean {
  return set.some((chunk) => chunk.has(id));
}

export function withId(set: IdSet, id: string): IdSet {
  if (hasId(set, id)) return set;
  const chunks = [...set];
  let added: ReadonlySet<string> = new Set([id]);
  for (let last = chunks.at(-1); last !== undefined && last.size <= added.size; last = chunks.at(-1)) {
    added = new Set([...last, ...added]);
    chunks.pop();
  }
  chunks.push(added);
  return chunks;
}

export function idsOf(set: IdSet): string[] {
  return set.flatMap((chunk) => [...chunk]);
}

export function idSetOf(ids: readonly string[]): IdSet {
  return ids.length === 0 ? NO_IDS : [new Set(ids)];
}

export function idCount(set: IdSet): number {
  return set.reduce((sum, chunk) => sum + chunk.size, 0);
}
