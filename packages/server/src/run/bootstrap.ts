/** Namespaces that must exist before the first call. */
import { NamespaceState } from '@perdure/protocol';
import type { Engine, NamespaceRecord } from '../engine/index.js';
import type { Clock, Random } from '../ports/index.js';
import type { Loop } from './loop.js';

/** Of namespaces that nobody registered. */
export const DEFAULT_RETENTION_MS = 72 * 3_600_000;

export async function ensureNamespaces(
  loop: Loop,
  engine: Engine,
  names: readonly string[],
  searchAttributes: ReadonlyMap<string, number>,
  random: Random,
  clock: Clock,
  retentionMs = DEFAULT_RETENTION_MS,
): Promise<void> {
  for (const name of new Set(['default', ...names])) {
    const known = engine.namespaces.byName(name);
    const hasAll = [...searchAttributes].every(([attribute, type]) => known?.searchAttributes.get(attribute) === type);
    if (known !== undefined && hasAll) continue;
    const record = known === undefined ? newNamespace(name, random.uuid(), clock.nowMs(), retentionMs) : known;
    await put(loop, { ...record, searchAttributes: new Map([...record.searchAttributes, ...searchAttributes]) });
  }
}

function newNamespace(name: string, id: string, createdAtMs: number, retentionMs: number): NamespaceRecord {
  return {
    id,
    name,
    state: NamespaceState.REGISTERED,
    description: '',
    ownerEmail: '',
    data: new Map(),
    retentionMs,
    createdAtMs,
    searchAttributes: new Map(),
  };
}

async function put(loop: Loop, namespace: NamespaceRecord): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    loop.ask(
      { kind: 'putNamespace', namespace, mustBeNew: false },
      {
        answer: (reply) => {
          if (reply.ok) resolve();
          else reject(new Error(reply.rejection.message));
          return true;
        },
      },
    );
  });
}
