/** History as stored bytes: from the tail in memory where it reaches, else from the store. Waiting readers. */
import { encodedWithheldEvents, isClosed, joinHistory } from '../core/execution/index.js';
import { reject } from '../core/rejection.js';
import type { Engine } from './engine.js';
import type { HistoryAnswer, HistoryRequest, ReplyTo } from './messages.js';
import { concatHistory, lastEvent, skipEvents } from './run.js';
import type { Run } from './run.js';
import { withRun } from './shard.js';

export interface HistoryWaiter {
  readonly replyTo: ReplyTo;
  readonly request: HistoryRequest;
}

interface EventRange {
  readonly fromEventId: number;
  /** Exclusive. */
  readonly toEventId: number;
  readonly eventsMax: number;
  readonly sizeBytesMax: number;
}

interface EventPage {
  readonly history: Uint8Array;
  readonly nextEventId: number | undefined;
}

/** Committed events of a run, forward. undefined: the store could not be read. */
export function readEvents(
  engine: Engine,
  run: Run,
  range: EventRange,
  done: (page: EventPage | undefined) => void,
): void {
  const { fromEventId, toEventId } = range;
  if (fromEventId >= toEventId) return done({ history: EMPTY, nextEventId: undefined });
  const pieces = run.tail.from(fromEventId);
  if (pieces !== undefined) return done(cut(pieces, range));
  const { execNo } = run;
  const { eventsMax, sizeBytesMax } = range;
  engine.read(
    { kind: 'history', range: { execNo, fromEventId, toEventId, eventsMax, sizeBytesMax, reverse: false } },
    (answer) => {
      done(answer.kind === 'history' ? cut(answer.batches, range) : undefined);
    },
  );
}

/** Whole transitions until a bound is reached; the first one may begin before the range, the last may end behind it. */
function cut(
  pieces: readonly { firstEventId: number; eventCount: number; events: Uint8Array }[],
  range: EventRange,
): EventPage {
  const { fromEventId, toEventId, eventsMax, sizeBytesMax } = range;
  const taken: { events: Uint8Array }[] = [];
  let events = 0;
  let bytes = 0;
  let next = fromEventId;
  for (const piece of pieces) {
    if (piece.firstEventId >= toEventId || events >= eventsMax || bytes >= sizeBytesMax) break;
    const skipped = Math.max(0, fromEventId - piece.firstEventId);
    const end = Math.min(piece.firstEventId + piece.eventCount, toEventId);
    const until = end - piece.firstEventId;
    const head =
      until < piece.eventCount
        ? piece.events.subarray(0, piece.events.length - skipEvents(piece.events, until).length)
        : piece.events;
    taken.push({ events: skipEvents(head, skipped) });
    events += end - piece.firstEventId - skipped;
    bytes += piece.events.length;
    next = end;
  }
  return { history: concatHistory(taken), nextEventId: next < toEventId ? next : undefined };
}

const EMPTY = new Uint8Array(0);
const PAGE_BYTES = 2 * 1024 * 1024;

export function getHistory(engine: Engine, replyTo: ReplyTo, namespaceId: string, request: HistoryRequest): void {
  withRun(engine, replyTo, namespaceId, request.workflowId, request.runId, (run) => {
    engine.answerAfter(run, replyTo, () => {
      if (mustWait(run, request)) waitForHistory(engine, run, { replyTo, request });
      else answerHistory(engine, run, { replyTo, request });
    });
  });
}

function mustWait(run: Run, request: HistoryRequest): boolean {
  if (!request.wait || isClosed(run.durable.status)) return false;
  return request.closeEventOnly || run.durable.nextEventId <= request.fromEventId;
}

function waitForHistory(engine: Engine, run: Run, waiter: HistoryWaiter): void {
  run.historyWaiters.add(waiter);
  const expire = (): void => answerHistory(engine, run, waiter, true);
  engine.waits.add(waiter.replyTo, waiter.request.deadlineMs, expire, () => run.historyWaiters.delete(waiter));
}

/** After a commit: those whose event has come get it. */
export function notifyHistory(engine: Engine, run: Run): void {
  if (run.historyWaiters.size === 0) return;
  for (const waiter of run.historyWaiters) if (!mustWait(run, waiter.request)) answerHistory(engine, run, waiter);
}

function answerHistory(engine: Engine, run: Run, { replyTo, request }: HistoryWaiter, isEmpty = false): void {
  const state = run.durable;
  const isRunning = !isClosed(state.status);
  const hasSuccessor = state.successorRunId !== '';
  const give = (history: Uint8Array, nextEventId: number | undefined): void => {
    const answer: HistoryAnswer = { history, runId: state.runId, nextEventId, isRunning, hasSuccessor };
    engine.reply(replyTo, answer);
  };
  const failed = (): void =>
    engine.refuse(replyTo, reject('UNAVAILABLE', 'History cannot be read at the moment. Try again.'));
  if (isEmpty) return give(EMPTY, request.closeEventOnly ? state.nextEventId : request.fromEventId);
  if (request.closeEventOnly) {
    if (isRunning && request.wait) return give(EMPTY, state.nextEventId);
    const fromEventId = isRunning ? state.nextEventId - 1 : (state.closeEventId ?? state.nextEventId - 1);
    readEvents(
      engine,
      run,
      { fromEventId, toEventId: state.nextEventId, eventsMax: 1, sizeBytesMax: PAGE_BYTES },
      (page) =>
        page === undefined
          ? failed()
          : give(page.history.length === 0 ? page.history : lastEvent(page.history), undefined),
    );
    return;
  }
  if (request.reverse) return answerReverse(engine, run, request, give, failed);
  const range = {
    fromEventId: request.fromEventId,
    toEventId: state.nextEventId,
    eventsMax: request.pageSize,
    sizeBytesMax: PAGE_BYTES,
  };
  readEvents(engine, run, range, (page) => {
    if (page === undefined) return failed();
    if (page.nextEventId !== undefined) return give(page.history, page.nextEventId);
    const withheld = request.withPendingTask ? encodedWithheldEvents(state) : [];
    const history =
      withheld.length === 0
        ? page.history
        : concatHistory([{ events: page.history }, { events: joinHistory(withheld) }]);
    give(history, request.wait && isRunning ? state.nextEventId : undefined);
  });
}

function answerReverse(
  engine: Engine,
  run: Run,
  request: HistoryRequest,
  give: (history: Uint8Array, nextEventId: number | undefined) => void,
  failed: () => void,
): void {
  const lastEventId = request.fromEventId === 0 ? run.durable.nextEventId - 1 : request.fromEventId;
  const range = {
    execNo: run.execNo,
    fromEventId: 1,
    toEventId: lastEventId + 1,
    eventsMax: request.pageSize,
    sizeBytesMax: PAGE_BYTES,
    reverse: true,
  };
  engine.read({ kind: 'history', range }, (answer) => {
    if (answer.kind !== 'history') return failed();
    const newestFirst: { events: Uint8Array }[] = [];
    let first = lastEventId + 1;
    for (const batch of answer.batches) {
      const count = Math.min(batch.eventCount, lastEventId + 1 - batch.firstEventId);
      newestFirst.push(...eventsOf(batch.events, count).reverse());
      first = batch.firstEventId;
    }
    give(concatHistory(newestFirst), first > 1 ? first - 1 : undefined);
  });
}

function eventsOf(history: Uint8Array, count: number): { events: Uint8Array }[] {
  const events: { events: Uint8Array }[] = [];
  let rest = history;
  for (let index = 0; index < count; index += 1) {
    const after = skipEvents(rest, 1);
    events.push({ events: rest.subarray(0, rest.length - after.length) });
    rest = after;
  }
  return events;
}
