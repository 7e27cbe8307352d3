/** The clock of what is running now. Outside of a run it stands still at the epoch: loading the realm tells nothing of when. */
import { inRun, nowMs } from '../for-globals.js';

export function clockMs(): number {
  return inRun() ? nowMs() : 0;
}
