/**
 * The runs in memory: found by run id, by number or as the current run of a workflow id; loaded from the store when they
 * are not there (those who ask meanwhile wait in line); evicted when idle and memory is short.
 */
import { countedState, decodeSnapshot, emptyState, isClosed, replayTransition } from '../core/execution/index.js';
import { reject } from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import type { ExecNo, ExecutionKey, StoredExecution } from '../ports/index.js';
import type { Decision } from './decision.js';
import type { Engine } from './engine.js';
import type { NamespaceRecord, Read, ReadAnswer } from './messages.js';
import { Run } from './run.js';
import { estimateRunBytes, estimateSteps } from './run-size.js';

/** undefined: there is none. */
type Found = (run: Run | undefined) => void;
type Failed = (rejection: Rejection) => void;

interface Line {
  readonly found: Found;
  readonly failed: Failed;
}

/** A read on its way, and who waits for it. */
interface Load {
  readonly line: Line[];
  /** A run that it may concern left memory meanwhile: what was read may be older than what that run had decided. */
  isOutdated: boolean;
}

export class RunDirectory {
  readonly #engine: Engine;
  readonly #byRunId = new Map<string, Run>();
  readonly #byExecNo = new Map<ExecNo, Run>();
  /** Current runs of workflow ids, as far as they are in memory. */
  readonly #current = new Map<string, Run>();
  readonly #loading = new Map<string, Load>();
  /** Voids whose commits before are not on disk yet. */
  #unsettled = 0;
  /** Of all runs here, about. */
  #sizeBytes = 0;
  /** Looks that additions have earned. */
  #looksDue = 0;
  #hand: IterableIterator<Run> = this.#byRunId.values();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get size(): number {
    return this.#byRunId.size;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get inMemory(): IterableIterator<Run> {
    return this.#byRunId.values();
  }

  /** The run, or the current one when `runId` is empty. */
  find(namespaceId: string, workflowId: string, runId: string, found: Found, failed: Failed): void {
    if (runId === '') {
      this.findCurrent(namespaceId, workflowId, found, failed);
      return;
    }
    const run = this.#byRunId.get(runId);
    if (run !== undefined) {
      const isRight = run.state.workflowId === workflowId && run.state.namespaceId === namespaceId;
      found(isRight ? run : undefined);
      return;
    }
    this.#load(`run/${runId}`, { by: 'runId', namespaceId, workflowId, runId }, { found, failed });
  }

  findByNo(execNo: ExecNo, found: Found, failed: Failed): void {
    const run = this.#byExecNo.get(execNo);
    if (run !== undefined) found(run);
    else this.#load(`no/${execNo}`, { by: 'execNo', execNo }, { found, failed });
  }

  /** The newest run of the workflow id, open or closed. Callers are served in order of their asking. */
  findCurrent(namespaceId: string, workflowId: string, found: Found, failed: Failed): void {
    const key = currentKey(namespaceId, workflowId);
    const load = this.#loading.get(key);
    if (load !== undefined) {
      load.line.push({ found, failed });
      return;
    }
    const run = this.#current.get(key);
    if (run !== undefined) {
      found(run);
      return;
    }
    this.#loading.set(key, { line: [{ found, failed }], isOutdated: false });
    this.#readCurrent(key, namespaceId, workflowId);
  }

  #readCurrent(key: string, namespaceId: string, workflowId: string): void {
    this.#read({ kind: 'current', namespaceId, workflowId }, (answer) => {
      if (answer.kind === 'failed') return this.#fail(key, answer.reason);
      if (answer.kind !== 'current') throw new Error('unexpected answer');
      if (this.#isOutdated(key) && !this.#current.has(key)) return this.#readCurrent(key, namespaceId, workflowId);
      const { current } = answer;
      // A start may have been decided while this was read: memory knows better.
      if (current === undefined || this.#current.has(key)) return this.#serveCurrent(key);
      this.findByNo(
        current.execNo,
        (run) => {
          // A run that a void successor had replaced is the current one again.
          if (run !== undefined && !this.#current.has(key)) {
            run.isCurrent = true;
            this.#current.set(key, run);
          }
          if (this.#isOutdated(key) && !this.#current.has(key)) this.#readCurrent(key, namespaceId, workflowId);
          else this.#serveCurrent(key);
        },
        (rejection) => this.#fail(key, rejection.message),
      );
    });
  }

  #serveCurrent(key: string): void {
    const line = this.#loading.get(key)?.line ?? [];
    this.#loading.delete(key);
    // Asked anew for each: the one before may have started the run.
    for (const { found } of line) found(this.#current.get(key));
  }

  add(run: Run): void {
    this.#byRunId.set(run.runId, run);
    this.#byExecNo.set(run.execNo, run);
    if (run.isCurrent) this.#current.set(currentKey(run.state.namespaceId, run.state.workflowId), run);
    run.lastUsedMs = this.#engine.nowMs;
    this.#looksDue += LOOKS_PER_RUN;
    this.resized(run);
  }

  /** Counts what the run takes now. A run with much in it is looked at the more seldom. */
  resized(run: Run): void {
    run.changesUntilSized -= 1;
    if (run.changesUntilSized > 0 || this.#byExecNo.get(run.execNo) !== run) return;
    run.changesUntilSized = estimateSteps(run) >> 4;
    const sizeBytes = estimateRunBytes(run);
    this.#sizeBytes += sizeBytes - run.sizeBytes;
    run.sizeBytes = sizeBytes;
  }

  /** The successor takes the workflow id over. */
  replaceCurrent(before: Run, after: Run): void {
    before.isCurrent = false;
    this.add(after);
  }

  remove(run: Run): void {
    this.#sizeBytes -= run.sizeBytes;
    run.sizeBytes = 0;
    run.changesUntilSized = 0;
    if (this.#byRunId.get(run.runId) === run) this.#byRunId.delete(run.runId);
    if (this.#byExecNo.get(run.execNo) === run) this.#byExecNo.delete(run.execNo);
    const key = currentKey(run.state.namespaceId, run.state.workflowId);
    if (this.#current.get(key) === run) this.#current.delete(key);
    for (const reading of [key, `run/${run.runId}`, `no/${run.execNo}`]) {
      const load = this.#loading.get(reading);
      if (load !== undefined) load.isOutdated = true;
    }
  }

  /** Asked once for each answer: the next read begins now. */
  #isOutdated(key: string): boolean {
    const load = this.#loading.get(key);
    if (load?.isOutdated !== true) return false;
    load.isOutdated = false;
    return true;
  }

  /** The decision's commit did not happen: what memory knows of its runs is wrong. The next who asks reads the disk. */
  voided(decision: Decision): void {
    this.#unsettled += 1;
    this.#engine.afterAll(() => (this.#unsettled -= 1));
    for (const { run } of decision.changes.values()) {
      run.isVoid = true;
      this.remove(run);
      for (const waiter of run.historyWaiters) this.#engine.refuse(waiter.replyTo, stale());
      for (const waiter of run.updateWaiters) this.#engine.refuse(waiter.replyTo, stale());
      run.queries?.abandon(this.#engine);
      // Its timer may have been taken for this very decision: look again.
      this.#engine.timers.rearm(run.execNo, this.#engine.nowMs);
    }
  }

  /**
   * Makes room: a hand goes round over the runs, some at a time. Of those that were not used for a while it takes the
   * history first, and when it comes by again the run.
   */
  evict(): void {
    const bytesMax = this.#engine.limits.executionCacheSizeBytesMax;
    const looksMax = LOOKS_PER_PASS + this.#looksDue;
    this.#looksDue = 0;
    for (let looks = 0; looks < looksMax && this.#sizeBytes > bytesMax; looks += 1) {
      const next = this.#hand.next();
      if (next.done === true) {
        this.#hand = this.#byRunId.values();
        return;
      }
      const run = next.value;
      if (run.isIdle && run.lastUsedMs < this.#engine.nowMs - IDLE_MS)
        this.#engine.afterRun(run, () => this.#evictIdle(run));
    }
  }

  #evictIdle(run: Run): void {
    // Something may have been decided since this was asked for.
    const isIdle = run.isIdle && !run.isVoid && this.#engine.isFlushed(run);
    if (!isIdle || run.lastUsedMs >= this.#engine.nowMs - IDLE_MS) return;
    if (run.tail.sizeBytes === 0) return this.remove(run);
    run.tail.drop();
    run.changesUntilSized = 0;
    this.resized(run);
  }

  #load(key: string, stored: ExecutionKey, line: Line): void {
    const waiting = this.#loading.get(key);
    if (waiting !== undefined) {
      waiting.line.push(line);
      return;
    }
    this.#loading.set(key, { line: [line], isOutdated: false });
    this.#readExecution(key, stored);
  }

  #readExecution(key: string, stored: ExecutionKey): void {
    this.#read({ kind: 'execution', key: stored }, (answer) => this.#loaded(key, stored, answer));
  }

  #loaded(key: string, asked: ExecutionKey, answer: ReadAnswer): void {
    if (answer.kind === 'failed') {
      this.#fail(key, answer.reason);
      return;
    }
    if (answer.kind !== 'execution') throw new Error('unexpected answer');
    if (this.#isOutdated(key)) return this.#readExecution(key, asked);
    const line = this.#loading.get(key)?.line ?? [];
    this.#loading.delete(key);
    // A run that was begun while this was read is in memory only.
    const run = answer.execution === undefined ? this.#known(asked) : this.#restore(answer.execution);
    for (const { found } of line) found(run === undefined ? undefined : (this.#byExecNo.get(run.execNo) ?? run));
  }

  /** A void run may have older decisions that are still on their way to disk: a read must see them. */
  #read(read: Read, then: (answer: ReadAnswer) => void): void {
    if (this.#unsettled > 0) this.#engine.afterAll(() => this.#engine.read(read, then));
    else this.#engine.read(read, then);
  }

  #known(key: ExecutionKey): Run | undefined {
    return key.by === 'execNo' ? this.#byExecNo.get(key.execNo) : this.#byRunId.get(key.runId);
  }

  #restore(stored: StoredExecution): Run {
    const known = this.#byExecNo.get(stored.execNo);
    if (known !== undefined) return known;
    const run = restoreRun(stored, this.#engine.namespaces.byId(stored.row.namespaceId));
    this.add(run);
    return run;
  }

  #fail(key: string, reason: string): void {
    const line = this.#loading.get(key)?.line ?? [];
    this.#loading.delete(key);
    for (const { failed } of line)
      failed(reject('UNAVAILABLE', `The execution cannot be read at the moment (${reason}). Try again.`));
  }
}

/** Fold of snapshot, events and facts. */
export function restoreRun(stored: StoredExecution, namespace: Pick<NamespaceRecord, 'id' | 'name'> | undefined): Run {
  const { workflowId, runId } = stored.row;
  // The namespace's own text, not a copy for each run.
  const { id: namespaceId, name } = namespace ?? { id: stored.row.namespaceId, name: '' };
  let state =
    stored.snapshot === undefined
      ? emptyState({ namespaceId, namespace: name, workflowId, runId })
      : decodeSnapshot(stored.snapshot.bytes);
  let bytes = 0;
  for (const row of stored.tail) {
    state = replayTransition(state, row.events, row.facts);
    bytes += row.events.length + row.facts.length;
  }
  const seq = stored.tail.at(-1)?.seq ?? stored.snapshot?.seq ?? 0;
  const run = new Run(stored.execNo, countedState(state, seq), seq, stored.isCurrent);
  run.armedDueMs = stored.timerDueMs;
  run.bytesSinceSnapshot = bytes;
  run.transitionsSinceSnapshot = stored.tail.length;
  if (!isClosed(state.status)) for (const row of stored.tail) run.tail.append(row);
  run.tail.trim(state.previousStartedEventId + 1);
  return run;
}

export const stale = (): Rejection =>
  reject('UNAVAILABLE', 'The change could not be stored and was taken back. Try again.');

const currentKey = (namespaceId: string, workflowId: string): string => `id/${namespaceId}/${workflowId}`;
const IDLE_MS = 1_000;
/** A pass follows every batch of messages. */
const LOOKS_PER_PASS = 16;
/** For each run that comes, so that a large batch cannot outrun the hand: two for one that goes, two for those in use. */
const LOOKS_PER_RUN = 4;
