/** Executions and namespaces leave the store. */
import { NamespaceState } from '@perdure/protocol';
import { isClosed } from '../core/execution/index.js';
import { Decision } from './decision.js';
import { stale } from './directory.js';
import { NO_CONTEXT } from './effects.js';
import type { Engine } from './engine.js';
import type { ReplyTo } from './messages.js';
import type { Run } from './run.js';
import { withRun } from './shard.js';

/** Everything of a closed run, in one commit. */
export function deleteRun(engine: Engine, run: Run): void {
  const decision = new Decision();
  decision.writes.push({ kind: 'deleteTimer', execNo: run.execNo }, { kind: 'deleteExecution', execNo: run.execNo });
  engine.runs.remove(run);
  engine.timers.disarm(run.execNo);
  run.isVoid = true;
  decision.onVoided(() => engine.timers.rearm(run.execNo, engine.nowMs + 1_000));
  engine.submit(decision);
}

/** A running execution is terminated first. */
export function deleteExecution(
  engine: Engine,
  replyTo: ReplyTo,
  namespaceId: string,
  workflowId: string,
  runId: string,
): void {
  withRun(engine, replyTo, namespaceId, workflowId, runId, (run) => {
    const decision = new Decision();
    if (!isClosed(run.state.status)) terminateFor(engine, run, decision, 'Delete workflow execution');
    engine.submit(decision);
    engine.afterRun(run, () => {
      if (run.isVoid) return engine.refuse(replyTo, stale());
      deleteRun(engine, run);
      engine.afterAll(() => engine.reply(replyTo, {}));
    });
  });
}

function terminateFor(engine: Engine, run: Run, decision: Decision, reason: string): void {
  const request = {
    namespace: '',
    workflowExecution: undefined,
    reason,
    details: undefined,
    identity: 'history-service',
    firstExecutionRunId: '',
    links: [],
  };
  engine.decide(run, { kind: 'terminate', request }, decision, NO_CONTEXT, () => undefined);
}

/** Its executions go in batches, then the record itself. */
export function deleteNamespace(engine: Engine, replyTo: ReplyTo, namespaceId: string): void {
  const record = engine.namespaces.byId(namespaceId);
  if (record === undefined) return engine.reply(replyTo, {});
  const deletedName = `${record.name}-deleted-${namespaceId.slice(0, 5)}`;
  engine.namespaces.put(engine, { ...record, name: deletedName, state: NamespaceState.DELETED }, () => {
    engine.reply(replyTo, { deletedNamespace: deletedName });
    sweep(engine, namespaceId);
  });
}

export function sweep(engine: Engine, namespaceId: string): void {
  engine.read({ kind: 'namespaceExecutions', namespaceId, limit: SWEEP_BATCH }, (answer) => {
    if (answer.kind !== 'namespaceExecutions')
      return engine.later(engine.nowMs + 1_000, () => sweep(engine, namespaceId));
    if (answer.execNos.length === 0) {
      engine.queueSettings.removeOf(engine, namespaceId);
      return engine.namespaces.remove(engine, namespaceId);
    }
    for (const execNo of answer.execNos)
      engine.runs.findByNo(
        execNo,
        (run) => run && deleteWhole(engine, run),
        () => undefined,
      );
    engine.later(engine.nowMs + SWEEP_PAUSE_MS, () => engine.afterAll(() => sweep(engine, namespaceId)));
  });
}

function deleteWhole(engine: Engine, run: Run): void {
  const decision = new Decision();
  if (!isClosed(run.state.status)) terminateFor(engine, run, decision, 'Namespace deleted');
  engine.submit(decision);
  engine.afterRun(run, () => {
    if (!run.isVoid) deleteRun(engine, run);
  });
}

const SWEEP_BATCH = 100;
const SWEEP_PAUSE_MS = 10;
