/**
 * Law 7: state = fold of what is stored. Every stored row is folded onto what was folded before and compared with the
 * state that the engine had decided in memory; loading by snapshot and tail is compared with the fold from event 1.
 */
import type { ExecutionState } from '@perdure/server/core';
import { emptyState, isClosed, nextDueMs, persisted, replayTransition } from '@perdure/server/core';
import type { Run } from '@perdure/server/engine';
import { restoreRun } from '@perdure/server/engine';
import type { CommitGroup, Write } from '@perdure/server/ports';
import type { Disk, DiskObserver } from '../disk.js';
import { loadExecution } from '../read-tables.js';
import { TRACE_ORIGIN_MS } from '../trace.js';
import type { World } from '../world.js';
import { difference } from './difference.js';

interface Folded {
  /** States by stored row, so that a power cut can go back. */
  readonly bySeq: Map<number, ExecutionState>;
  lastSeq: number;
}

export class FoldCheck implements DiskObserver {
  readonly #world: World;
  readonly #namespace: string;
  readonly #bufferedEventsMax: number;
  #disk: Disk | undefined;
  readonly #folded = new Map<number, Folded>();
  /** Decided in memory, by `server/execNo`. A void run is another object: what it had decided is forgotten. */
  readonly #decided = new Map<string, { readonly run: Run; readonly bySeq: Map<number, ExecutionState> }>();
  readonly #owner = new Map<CommitGroup, string>();

  constructor(world: World, namespace: string, bufferedEventsMax: number) {
    this.#bufferedEventsMax = bufferedEventsMax;
    this.#world = world;
    this.#namespace = namespace;
  }

  attach(disk: Disk): void {
    this.#disk = disk;
    disk.observe(this);
  }

  /** The engine decided about a run. */
  decided(server: string, run: Run): void {
    const key = `${server}/${run.execNo}`;
    let decided = this.#decided.get(key);
    if (decided?.run !== run) this.#decided.set(key, (decided = { run, bySeq: new Map() }));
    const before = decided.bySeq.get(run.seq);
    const state = persisted(run.state) as ExecutionState;
    if (before !== undefined && before !== state) {
      const found = difference(before, state);
      if (found !== undefined) this.#fail(run.execNo, run.seq, `changed without being stored: ${found}`);
    }
    if (state.buffered.length > this.#bufferedEventsMax)
      this.#world.failures.report('bounds', `${state.workflowId} buffers ${state.buffered.length} events`);
    decided.bySeq.set(run.seq, state);
  }

  sent(server: string, group: CommitGroup): void {
    this.#owner.set(group, server);
  }

  applied(group: CommitGroup): void {
    const server = this.#owner.get(group) ?? '';
    for (const write of group.writes) {
      if (write.kind === 'appendTransition') this.#appended(server, write);
      if (write.kind === 'deleteExecution') this.#folded.delete(write.execNo);
    }
    for (const write of group.writes) {
      if (write.kind === 'appendTransition' || write.kind === 'putTimer' || write.kind === 'deleteTimer')
        this.#timerInTime(write.execNo);
      // Loading costs as much as the whole history: now and then is enough, and once at the end.
      if (write.kind === 'putSnapshot' && write.seq % 3 === 0) this.#loadsAlike(write.execNo);
    }
  }

  reverted(group: CommitGroup): void {
    for (const write of [...group.writes].reverse()) {
      if (write.kind !== 'appendTransition') continue;
      const folded = this.#folded.get(write.execNo);
      if (folded === undefined) continue;
      folded.bySeq.delete(write.seq);
      folded.lastSeq = write.seq - 1;
      // The number may be given to another execution.
      if (folded.lastSeq === 0) this.#folded.delete(write.execNo);
    }
  }

  flushed(): void {
    // Nothing: what was applied was compared already.
  }

  /** At the end: every execution by snapshot and tail, and by whole history. */
  all(): void {
    for (const execNo of this.#disk?.tables.executions.keys() ?? []) this.#loadsAlike(execNo);
  }

  #appended(server: string, write: Extract<Write, { kind: 'appendTransition' }>): void {
    const { execNo, seq } = write;
    const decided = this.#decided.get(`${server}/${execNo}`)?.bySeq.get(seq);
    if (decided === undefined) return this.#fail(execNo, seq, 'was stored without having been decided');
    this.#decided.get(`${server}/${execNo}`)?.bySeq.delete(seq - 1);
    let folded = this.#folded.get(execNo);
    if (folded === undefined) {
      const { namespaceId, namespace, workflowId, runId } = decided;
      folded = { bySeq: new Map([[0, emptyState({ namespaceId, namespace, workflowId, runId })]]), lastSeq: 0 };
      this.#folded.set(execNo, folded);
    }
    const before = folded.bySeq.get(seq - 1);
    if (before === undefined) return this.#fail(execNo, seq, `does not follow row ${folded.lastSeq}`);
    try {
      const after = { ...replayTransition(before, write.events, write.facts), transitionCount: seq };
      folded.bySeq.set(seq, after);
      folded.lastSeq = seq;
      const found = difference(persisted(decided), persisted(after));
      if (found !== undefined) this.#fail(execNo, seq, `memory ≠ fold at ${found}`);
    } catch (error) {
      this.#fail(execNo, seq, `cannot be folded: ${String(error)}`);
    }
  }

  /** Law 11: what is due is found in the store, not later than it is due. */
  #timerInTime(execNo: number): void {
    const state = this.stateOf(execNo);
    if (state === undefined || isClosed(state.status)) return;
    const dueMs = nextDueMs(state);
    const storedMs = this.#disk?.tables.executions.get(execNo)?.timerDueMs;
    if (dueMs !== undefined && (storedMs === undefined || storedMs > dueMs)) {
      this.#world.failures.report(
        'timerRow',
        `execution ${execNo} is due at ${dueMs - TRACE_ORIGIN_MS}, its stored timer is ${storedMs === undefined ? 'not there' : storedMs - TRACE_ORIGIN_MS}`,
      );
    }
  }

  #loadsAlike(execNo: number): void {
    const tables = this.#disk?.tables;
    const stored = tables === undefined ? undefined : loadExecution(tables, { by: 'execNo', execNo });
    const folded = this.#folded.get(execNo);
    if (stored === undefined || folded === undefined) return;
    const run = restoreRun(stored, { id: stored.row.namespaceId, name: this.#namespace });
    const expected = folded.bySeq.get(folded.lastSeq);
    const found = expected === undefined ? 'no fold' : difference(persisted(expected), persisted(run.state));
    if (found !== undefined) this.#fail(execNo, folded.lastSeq, `fold ≠ load at ${found}`);
    if (stored.timerDueMs === undefined && isClosed(run.state.status))
      this.#fail(execNo, folded.lastSeq, 'closed run without a retention timer');
  }

  /** The folded state of an execution, or undefined. */
  stateOf(execNo: number): ExecutionState | undefined {
    const folded = this.#folded.get(execNo);
    return folded?.bySeq.get(folded.lastSeq);
  }

  #fail(execNo: number, seq: number, message: string): void {
    this.#world.failures.report('fold', `execution ${execNo} row ${seq}: ${message}`);
  }
}
