/** Timers that are due: inputs to their runs. A closed run's timer is the end of its retention. */
import { isClosed, nextDueMs } from '../core/execution/index.js';
import { deleteRun } from './deletion.js';
import { Decision } from './decision.js';
import { NO_CONTEXT } from './effects.js';
import type { Engine } from './engine.js';
import { retentionDueMs } from './rows.js';
import type { Run } from './run.js';

export function fireTimers(engine: Engine): void {
  for (const execNo of engine.timers.takeDue(engine.nowMs, FIRED_PER_PASS)) {
    engine.runs.findByNo(
      execNo,
      (run) => {
        if (run === undefined) engine.timers.disarm(execNo);
        else fire(engine, run);
      },
      () => engine.timers.rearm(execNo, engine.nowMs + RETRY_MS),
    );
  }
  const load = engine.timers.wantsLoad(engine.nowMs);
  if (load === undefined) return;
  // The read must see every commit decided before it.
  engine.afterAll(() =>
    engine.read({ kind: 'timers', ...load }, (answer) => {
      if (answer.kind === 'timers') engine.timers.loaded(answer.rows, answer.rows.length < load.limit);
      else engine.timers.loadFailed();
    }),
  );
}

function fire(engine: Engine, run: Run): void {
  const { nowMs } = engine;
  if (isClosed(run.state.status)) {
    const dueMs = retentionDueMs(engine, run);
    if (dueMs <= nowMs) deleteRun(engine, run);
    else rearmStored(engine, run, dueMs);
    return;
  }
  const dueMs = nextDueMs(run.state);
  if (dueMs === undefined || dueMs > nowMs) {
    rearmStored(engine, run, dueMs);
    return;
  }
  // The stored row is used up: the transition must write the next deadline, whatever it is.
  const before = run.armedDueMs;
  run.armedDueMs = undefined;
  const decision = new Decision();
  decision.onVoided(() => engine.timers.rearm(run.execNo, before ?? nowMs));
  const isDone = engine.decide(run, { kind: 'timerDue' }, decision, NO_CONTEXT, () => undefined);
  if (!isDone) {
    engine.timers.disarm(run.execNo);
    return;
  }
  if (nextDueMs(run.state) === undefined && !isClosed(run.state.status))
    decision.writes.push({ kind: 'deleteTimer', execNo: run.execNo });
  engine.submit(decision);
}

/** It fired early (its deadline was called off, or was lazily armed): the row moves to the true deadline. */
function rearmStored(engine: Engine, run: Run, dueMs: number | undefined): void {
  const decision = new Decision();
  // It stands or falls with the state that the deadline was read from.
  decision.touch(run);
  const { execNo } = run;
  if (dueMs === undefined) decision.writes.push({ kind: 'deleteTimer', execNo });
  else decision.writes.push({ kind: 'putTimer', execNo, dueMs });
  run.armedDueMs = dueMs;
  engine.submit(decision);
}

const RETRY_MS = 1_000;
/**
 * Thousands are due at once after a pause of the Service, or on the hour, and each may have to be loaded. Between the
 * passes, which follow each other without a pause, others are served.
 */
const FIRED_PER_PASS = 4;
