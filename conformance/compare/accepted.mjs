// Differences that are meant: what we answer otherwise than the reference, each with its reason (docs/compatibility.md tells more).
import { readFileSync } from 'node:fs';

const ACCEPTED = JSON.parse(readFileSync(new URL('../accepted-differences.json', import.meta.url), 'utf8'));

/** Lines of `differences` → those that count, and those that are accepted: same field, and our answer the one that is listed. */
export function splitAccepted(found, sdk, scenario) {
  const known = ACCEPTED.filter((entry) => entry.sdk === sdk && entry.scenario === scenario);
  const lines = [];
  const accepted = [];
  for (const line of found) {
    const entry = known.find(
      ({ field, ours }) => line.startsWith(`${field}: expected `) && line.endsWith(`, got ${JSON.stringify(ours)}`),
    );
    if (entry) accepted.push({ line, reason: entry.reason });
    else lines.push(line);
  }
  return { lines, accepted };
}
