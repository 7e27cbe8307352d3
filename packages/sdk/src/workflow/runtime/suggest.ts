/** Names that are near to a wrong one, for messages. */

/** `Did you mean 'x'? Registered: x, y` */
export function suggestNames(wrong: string, known: Iterable<string>, what: string): string {
  const names = [...known].sort();
  if (names.length === 0) return `No ${what} is registered.`;
  const near = names.filter((name) => isNear(wrong, name)).slice(0, 3);
  const question = near.length === 0 ? '' : `Did you mean ${near.map((name) => `'${name}'`).join(' or ')}? `;
  return `${question}Registered ${what}: [${names.join(' ')}]`;
}

/** Same but for case, part of the other, or a third of the letters wrong at most. */
function isNear(wrong: string, name: string): boolean {
  const [a, b] = [wrong.toLowerCase(), name.toLowerCase()];
  if (a === b) return true;
  if (Math.min(a.length, b.length) >= 4 && (a.includes(b) || b.includes(a))) return true;
  return distance(a, b) <= Math.max(1, Math.floor(Math.min(a.length, b.length) / 3));
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
