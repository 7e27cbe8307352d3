/** The namespaces: small, all in memory, changed by commit. A new one can be used as soon as its registration is answered. */
import { NamespaceState, decodeValue, encodeValue } from '@perdure/protocol';
import { attributeType, searchAttributesProblem } from '../core/attributes/check.js';
import { withAttributeType } from '../core/attributes/payloads.js';
import type { Limits } from '../core/limits.js';
import { Decision } from './decision.js';
import type { Engine } from './engine.js';
import type { NamespaceRecord } from './messages.js';

export class Namespaces {
  readonly #byId = new Map<string, NamespaceRecord>();
  readonly #byName = new Map<string, NamespaceRecord>();

  load(records: readonly NamespaceRecord[]): void {
    for (const record of records) this.#set(record);
  }

  byId(id: string): NamespaceRecord | undefined {
    return this.#byId.get(id);
  }

  byName(name: string): NamespaceRecord | undefined {
    return this.#byName.get(name);
  }

  /** By name. */
  list(): NamespaceRecord[] {
    return [...this.#byId.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Stores the record; `done` once it is on disk. */
  put(engine: Engine, record: NamespaceRecord, done: () => void): void {
    const before = this.#byId.get(record.id);
    if (before !== undefined) this.#byName.delete(before.name);
    this.#set(record);
    const decision = new Decision();
    decision.writes.push({ kind: 'putRecord', record: 'namespace', key: record.id, bytes: encodeNamespace(record) });
    decision.onCommitted(done);
    decision.onVoided(() => this.#undo(record.id, before));
    engine.submit(decision);
  }

  remove(engine: Engine, id: string): void {
    const record = this.#byId.get(id);
    if (record === undefined) return;
    this.#byId.delete(id);
    this.#byName.delete(record.name);
    const decision = new Decision();
    decision.writes.push({ kind: 'deleteRecord', record: 'namespace', key: id });
    decision.onVoided(() => this.#set(record));
    engine.submit(decision);
  }

  /** What is wrong with these search attributes in this namespace, or undefined. */
  checkSearchAttributes(
    namespaceId: string,
    fields: ReadonlyMap<string, Uint8Array>,
    limits: Limits,
  ): string | undefined {
    const record = this.#byId.get(namespaceId);
    const custom = record?.searchAttributes ?? new Map<string, number>();
    return searchAttributesProblem(fields, { namespace: record?.name ?? '', custom, limits });
  }

  typedSearchAttributes(namespaceId: string, fields: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
    const custom = this.#byId.get(namespaceId)?.searchAttributes ?? new Map<string, number>();
    const typed = new Map<string, Uint8Array>();
    for (const [name, payload] of fields) {
      const type = attributeType(name, custom);
      typed.set(name, type === undefined ? payload : withAttributeType(payload, type));
    }
    return typed;
  }

  /** How long closed runs are kept. */
  retentionMs(namespaceId: string): number {
    return this.#byId.get(namespaceId)?.retentionMs ?? DEFAULT_RETENTION_MS;
  }

  #set(record: NamespaceRecord): void {
    this.#byId.set(record.id, record);
    if (record.state !== NamespaceState.DELETED || !this.#byName.has(record.name))
      this.#byName.set(record.name, record);
  }

  #undo(id: string, before: NamespaceRecord | undefined): void {
    const now = this.#byId.get(id);
    if (now !== undefined) this.#byName.delete(now.name);
    this.#byId.delete(id);
    if (before !== undefined) this.#set(before);
  }
}

const DEFAULT_RETENTION_MS = 72 * 3_600_000;

export function encodeNamespace(record: NamespaceRecord): Uint8Array {
  return encodeValue(record);
}

export function decodeNamespace(bytes: Uint8Array): NamespaceRecord {
  return decodeValue(bytes) as NamespaceRecord;
}
