/** After a commit of a run: everybody who waits for it looks again. */
import type { Engine } from './engine.js';
import { notifyHistory } from './history.js';
import type { Run } from './run.js';
import { notifyUpdates } from './updates.js';

export function notifyWaiters(engine: Engine, run: Run): void {
  if (run.isVoid) return;
  notifyHistory(engine, run);
  if (run.updateWaiters.size > 0) notifyUpdates(engine, run);
}
