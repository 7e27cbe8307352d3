/** What must agree between executions: chains of runs, children, signals between workflows, visibility. */
import { EventType, ParentClosePolicy } from '@perdure/protocol';
import { isClosed } from '@perdure/server/core';
import type { Disk } from '../disk.js';
import { keyOf } from '../emitted.js';
import { fromBytes } from '../text-bytes.js';
import { eventsOf, startedOf } from './histories.js';
import type { RunHistory } from './histories.js';
import { signalsOf } from './promises.js';

type Report = (check: string, message: string) => void;

export function checkFamilies(runs: readonly RunHistory[], disk: Disk, healthyFromMs: number, report: Report): void {
  const byRunId = new Map(runs.map((run) => [run.runId, run]));
  for (const run of runs) {
    checkSuccessor(run, byRunId, report);
    checkChildren(run, runs, byRunId, healthyFromMs, report);
    checkVisibility(run, disk, report);
  }
  checkExternalSignals(runs, report);
}

function successorId(run: RunHistory): string {
  const last = run.events.at(-1);
  switch (last?.eventType) {
    case EventType.WORKFLOW_EXECUTION_COMPLETED:
    case EventType.WORKFLOW_EXECUTION_FAILED:
    case EventType.WORKFLOW_EXECUTION_TIMED_OUT:
    case EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
      return last.attributes.newExecutionRunId;
    default:
      return '';
  }
}

/** The run that follows was written in the same commit, and follows this one. */
function checkSuccessor(run: RunHistory, byRunId: ReadonlyMap<string, RunHistory>, report: Report): void {
  const nextId = successorId(run);
  if (nextId === '') return;
  const next = byRunId.get(nextId);
  if (next === undefined)
    return report('chain', `${run.workflowId}: ${run.runId} continues as ${nextId}, which is not there`);
  const { continuedExecutionRunId, firstExecutionRunId } = startedOf(next)?.attributes ?? {};
  if (continuedExecutionRunId !== run.runId)
    report('chain', `${run.workflowId}: ${nextId} continues ${continuedExecutionRunId}, not ${run.runId}`);
  if (firstExecutionRunId !== run.state.start.firstRunId)
    report('chain', `${run.workflowId}: ${nextId} belongs to chain ${firstExecutionRunId}`);
}

/** Later than this after its parent's close, a child must not be running any more. */
const CHILD_OUTLIVES_MS = 5_000;

function checkChildren(
  parent: RunHistory,
  runs: readonly RunHistory[],
  byRunId: ReadonlyMap<string, RunHistory>,
  healthyFromMs: number,
  report: Report,
): void {
  const isOver = isClosed(parent.state.status) && successorId(parent) === '';
  for (const initiated of eventsOf(parent, EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED)) {
    const first = runs.filter((run) => {
      const started = startedOf(run)?.attributes;
      return (
        started?.parentInitiatedEventId === initiated.eventId &&
        started.parentWorkflowExecution?.runId === parent.runId &&
        started.continuedExecutionRunId === ''
      );
    });
    const what = `${parent.workflowId}: child ${initiated.attributes.workflowId} of event ${initiated.eventId}`;
    if (first.length > 1) report('childTwice', `${what} was started ${first.length} times`);
    const started = eventsOf(parent, EventType.CHILD_WORKFLOW_EXECUTION_STARTED).find(
      (event) => event.attributes.initiatedEventId === initiated.eventId,
    );
    const runId = started?.attributes.workflowExecution?.runId;
    if (started !== undefined && !byRunId.has(runId ?? ''))
      report('childLost', `${what} is said to run as ${runId}, which is not there`);
    if (started !== undefined && first.every((run) => run.runId !== runId))
      report('childLost', `${what} runs as ${runId}, which was started by another`);
    const policy = initiated.attributes.parentClosePolicy;
    if (isOver && policy === ParentClosePolicy.TERMINATE)
      for (const child of first) checkOrphan(parent, child, byRunId, healthyFromMs, what, report);
  }
}

function checkOrphan(
  parent: RunHistory,
  first: RunHistory,
  byRunId: ReadonlyMap<string, RunHistory>,
  healthyFromMs: number,
  what: string,
  report: Report,
): void {
  let last = first;
  for (let next = byRunId.get(successorId(last)); next !== undefined; next = byRunId.get(successorId(last)))
    last = next;
  // While faults last, the message may be held up; clocks may be wrong by seconds.
  const livedOnMs = (last.state.closedAtMs ?? Infinity) - Math.max(parent.state.closedAtMs ?? 0, healthyFromMs);
  if (livedOnMs > CHILD_OUTLIVES_MS) report('orphan', `${what} lived on for ${livedOnMs} ms after its parent's close`);
}

/** A signal to another workflow is there as often as it was confirmed; one still open at the close may be there. */
function checkExternalSignals(runs: readonly RunHistory[], report: Report): void {
  const confirmed = new Map<string, { sure: number; open: number }>();
  for (const run of runs) {
    const done = new Set(
      eventsOf(run, EventType.EXTERNAL_WORKFLOW_EXECUTION_SIGNALED).map((event) => event.attributes.initiatedEventId),
    );
    const failed = new Set(
      eventsOf(run, EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED).map(
        (event) => event.attributes.initiatedEventId,
      ),
    );
    for (const event of eventsOf(run, EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED)) {
      const count = confirmed.get(keyOf(event)) ?? { sure: 0, open: 0 };
      if (done.has(event.eventId)) count.sure += 1;
      else if (!failed.has(event.eventId)) count.open += 1;
      confirmed.set(keyOf(event), count);
    }
  }
  for (const [key, { sure, open }] of confirmed) {
    const slash = key.indexOf('/');
    const workflowId = key.slice(0, slash);
    const signalId = String(fromBytes(new TextEncoder().encode(key.slice(slash + 1))));
    const found = runs
      .filter((run) => run.workflowId === workflowId)
      .flatMap(signalsOf)
      .filter((id) => id === signalId).length;
    if (found < sure || found > sure + open)
      report(
        'externalSignal',
        `${workflowId}: signal ${signalId} is there ${found} times, confirmed ${sure}, open ${open}`,
      );
  }
}

function checkVisibility(run: RunHistory, disk: Disk, report: Report): void {
  const row = disk.tables.executions.get(run.execNo)?.row;
  const { state } = run;
  if (row === undefined) return report('visibility', `${run.workflowId} ${run.runId} has no row`);
  if (row.status !== state.status)
    report('visibility', `${run.workflowId} ${run.runId}: listed with status ${row.status}, is ${state.status}`);
  if (row.closeTimeMs !== state.closedAtMs)
    report(
      'visibility',
      `${run.workflowId} ${run.runId}: listed as closed at ${row.closeTimeMs}, is ${state.closedAtMs}`,
    );
  if (isClosed(state.status) && row.historyLength !== run.events.length) {
    report(
      'visibility',
      `${run.workflowId} ${run.runId}: listed with ${row.historyLength} events, has ${run.events.length}`,
    );
  }
  const upserts = eventsOf(run, EventType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);
  if (upserts.length > 0 && row.attributes.size === 0)
    report('visibility', `${run.workflowId} ${run.runId}: its search attributes are not listed`);
  const current = disk.tables.namespaces.get(row.namespaceId)?.current.get(run.workflowId);
  if (current === undefined || run.execNo > current)
    report('current', `${run.workflowId}: execution ${run.execNo} is newer than the current ${current}`);
}
