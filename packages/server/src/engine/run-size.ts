/** About how many bytes a run takes in memory: what the cache of runs is bounded by. */
import type { ExecutionState } from '../core/execution/index.js';
import { idCount } from '../core/execution/id-set.js';
import type { Run } from './run.js';

/** The run with its state, its ids and its places in the directory; measured by heap snapshots on Node 20. */
const RUN_BYTES = 2_600;
/** An entry of a map of the state, without payloads. */
const ACTIVITY_BYTES = 900;
const ENTRY_BYTES = 300;
/** A small array of bytes on V8's heap, without its contents. */
const BLOB_BYTES = 200;

export function estimateRunBytes({ state, tail }: Run): number {
  let bytes = RUN_BYTES + tail.heldBytes + entryCount(state) * ENTRY_BYTES;
  bytes += sizeOf(state.start.attributes) + sizeOf(state.start.userMetadata);
  for (const { input, header, heartbeatDetails, lastFailure } of state.activities.values())
    bytes += ACTIVITY_BYTES + sizeOf(input) + sizeOf(header) + sizeOf(heartbeatDetails) + sizeOf(lastFailure);
  for (const event of state.buffered) bytes += sizeOf(event.bytes);
  for (const { request } of state.volatile.admitted.values()) bytes += sizeOf(request);
  for (const value of state.memo.values()) bytes += sizeOf(value);
  for (const value of state.searchAttributes.values()) bytes += sizeOf(value);
  return bytes;
}

/** Entries that an estimate looks at one by one. */
export const estimateSteps = ({ state }: Run): number => state.activities.size + state.buffered.length;

function entryCount(state: ExecutionState): number {
  return (
    state.timers.size +
    state.children.size +
    state.externalSignals.size +
    state.externalCancels.size +
    state.updates.size +
    state.requestIds.size +
    state.memo.size +
    state.searchAttributes.size +
    state.resetPoints.length +
    idCount(state.signalRequestIds)
  );
}

const sizeOf = (blob: Uint8Array | undefined): number => (blob === undefined ? 0 : BLOB_BYTES + blob.length);
