/** A store under test, with its owner's numbers, and short ways to make writes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommitOutcome, DispatchRow, ExecNo, OutboxRow, Store, StoreOpened, Write } from '../../ports/index.js';
import type { AttributeValue, VisibilityRecord } from '../../core/visibility/index.js';

/** A place for data, on which stores are opened one after the other. */
export interface Storage {
  /** A store over the same data each time; not opened. */
  connect(): Store;
  dispose(): Promise<void>;
}

export type MakeStorage = () => Promise<Storage>;

export class World {
  readonly #storage: Storage;
  store: Store;
  opened: StoreOpened = { epoch: 0, lastExecNo: 0, lastTaskNo: 0, lastOutboxNo: 0 };
  /** Of the last group that was committed. */
  number = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.store = storage.connect();
  }

  async open(): Promise<StoreOpened> {
    this.opened = await this.store.open('conformance');
    this.number = 0;
    return this.opened;
  }

  /** Closes the store and opens another over the same data. */
  async reopen(): Promise<StoreOpened> {
    await this.store.close();
    this.store = this.#storage.connect();
    return this.open();
  }

  /** Commits the next group; it must be committed. */
  async commit(...writes: Write[]): Promise<void> {
    assert.deepEqual(await this.tryCommit(...writes), { kind: 'committed' });
  }

  /** Commits under the next number; the number counts on only if the group was committed. */
  async tryCommit(...writes: Write[]): Promise<CommitOutcome> {
    const outcome = await this.store.commit({ epoch: this.opened.epoch, number: this.number + 1, writes });
    if (outcome.kind === 'committed') this.number += 1;
    return outcome;
  }
}

/** A test with a store that is open, closed at its end. */
export function testWorld(name: string, makeStorage: MakeStorage, body: (world: World) => Promise<void>): void {
  test(name, async () => {
    const storage = await makeStorage();
    const world = new World(storage);
    try {
      await world.open();
      await body(world);
    } finally {
      await world.store.close();
      await storage.dispose();
    }
  });
}

/** An open run of workflow id `workflow-<execNo>`, unless the changes say otherwise. */
export function makeRow(execNo: ExecNo, changes: Partial<VisibilityRecord> = {}): VisibilityRecord {
  const workflowId = changes.workflowId ?? `workflow-${execNo}`;
  const runId = changes.runId ?? `run-${execNo}`;
  return {
    namespaceId: 'namespace',
    workflowType: 'Type',
    taskQueue: 'queue',
    status: 1,
    startTimeMs: 1000 + execNo,
    executionTimeMs: 1000 + execNo,
    rootWorkflowId: workflowId,
    rootRunId: runId,
    attributes: new Map<string, AttributeValue>(),
    ...changes,
    workflowId,
    runId,
  };
}

export function putExecution(execNo: ExecNo, changes: Partial<VisibilityRecord> = {}, isCurrent = true): Write {
  return { kind: 'putExecution', execNo, slot: execNo % 4096, row: makeRow(execNo, changes), isCurrent };
}

/** A transition of `eventCount` events from `firstEventId` on, with bytes that tell which it is. */
export function append(execNo: ExecNo, seq: number, firstEventId: number, eventCount: number, sizeBytes = 8): Write {
  const events = new Uint8Array(eventCount === 0 ? 0 : sizeBytes).fill(firstEventId % 251);
  const facts = new Uint8Array([execNo % 251, seq % 251]);
  return { kind: 'appendTransition', execNo, seq, firstEventId, eventCount, events, facts };
}

export function putSnapshot(execNo: ExecNo, seq: number): Write {
  return { kind: 'putSnapshot', execNo, seq, bytes: new Uint8Array([9, execNo % 251, seq % 251]) };
}

export function dispatchRow(taskNo: number, changes: Partial<DispatchRow> = {}): DispatchRow {
  return {
    taskNo,
    queue: 'workflow/namespace/queue',
    priorityKey: 3,
    passTicket: 0,
    execNo: 1,
    runId: 'run-1',
    scheduledEventId: 2,
    attempt: 1,
    stamp: 0,
    createdAtMs: 1234,
    fairnessKey: '',
    fairnessWeight: 1,
    ...changes,
  };
}

export function outboxRow(outboxNo: number, changes: Partial<OutboxRow> = {}): OutboxRow {
  const bytes = new Uint8Array([outboxNo % 251]);
  return { outboxNo, sourceExecNo: 1, namespaceId: 'namespace', workflowId: 'target', bytes, ...changes };
}
