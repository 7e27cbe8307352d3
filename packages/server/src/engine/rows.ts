/** What the store keeps of a run beside its transitions. */
import { hash32Pair } from '@perdure/protocol';
import { visibilityRecord } from '../core/execution/visibility-record.js';
import type { Write } from '../ports/index.js';
import type { Engine } from './engine.js';
import type { Run } from './run.js';

const SLOTS = 4_096;
const NO_CUSTOM_ATTRIBUTES: ReadonlyMap<string, number> = new Map();

export function putExecution(engine: Engine, run: Run): Write {
  const { state, execNo, isCurrent } = run;
  const slot = hash32Pair(state.namespaceId, state.workflowId) % SLOTS;
  const custom = engine.namespaces.byId(state.namespaceId)?.searchAttributes ?? NO_CUSTOM_ATTRIBUTES;
  return { kind: 'putExecution', execNo, slot, row: visibilityRecord(state, custom), isCurrent };
}

export function retentionDueMs(engine: Engine, run: Run): number {
  return (run.state.closedAtMs ?? engine.nowMs) + engine.namespaces.retentionMs(run.state.namespaceId);
}
