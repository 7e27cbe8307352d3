/** The hashes by which runs are found. They are stored: changing them needs a migration. */
import { hash32, hash32Pair } from '@perdure/protocol';

export function hashWorkflowId(namespaceId: string, workflowId: string): number {
  return hash32Pair(namespaceId, workflowId);
}

/** 31 bits: four bytes in a row, and never negative. */
export function hashRunId(runId: string): number {
  return hash32(runId) >>> 1;
}
