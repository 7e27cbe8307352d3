// Scenarios about RPCs that the server says it does not have yet: they are left out, not failed.
import { existsSync } from 'node:fs';

const LISTS = new URL('../../packages/server/dist/api/unimplemented.js', import.meta.url);
const unimplemented = new Set(existsSync(LISTS) ? Object.values(await import(LISTS)).flat() : []);

/** Only if the server's own list has the RPC and every answer says so: a reference is never excused. */
export function notBuilt(scenario, { observed = {} }) {
  if (!scenario.startsWith('bad-input-') || !unimplemented.has(scenario.slice('bad-input-'.length))) return false;
  return Object.values(observed).every((answer) => answer === 'UNIMPLEMENTED');
}
