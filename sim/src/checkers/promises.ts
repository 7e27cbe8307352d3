/** Exactly once: what was acknowledged is there, and there once. */
import { EventType } from '@perdure/protocol';
import type { Journal, StartPromise, UpdatePromise } from '../journal.js';
import { fromBytes } from '../text-bytes.js';
import { eventsOf } from './histories.js';
import type { RunHistory } from './histories.js';

type Report = (check: string, message: string) => void;

export function checkPromises(journal: Journal, runs: readonly RunHistory[], report: Report): void {
  const byRunId = new Map(runs.map((run) => [run.runId, run]));
  const byWorkflowId = new Map<string, RunHistory[]>();
  for (const run of runs) byWorkflowId.set(run.workflowId, [...(byWorkflowId.get(run.workflowId) ?? []), run]);
  for (const promise of journal.starts)
    checkStart(promise, journal, byRunId, byWorkflowId.get(promise.workflowId) ?? [], report);
  checkSignals(journal, byWorkflowId, report);
  for (const promise of journal.updates)
    checkUpdate(promise, byRunId, byWorkflowId.get(promise.workflowId) ?? [], report);
  checkActivities(journal, byRunId, report);
  for (const run of runs) checkAttempts(run, report);
  checkCompletions(journal, byRunId, report);
}

function checkStart(
  promise: StartPromise,
  journal: Journal,
  byRunId: ReadonlyMap<string, RunHistory>,
  ofId: readonly RunHistory[],
  report: Report,
): void {
  const { requestId, workflowId, runId } = promise;
  const made = ofId.filter((run) => run.state.start.requestId === requestId);
  if (runId !== undefined && !byRunId.has(runId))
    return report('lostStart', `${workflowId}: run ${runId} was acknowledged and is not there`);
  if (promise.started && promise.via === 'start' && made.every((run) => run.runId !== runId)) {
    report(
      'lostStart',
      `${workflowId}: request ${requestId} is said to have started ${runId}, which another request started`,
    );
  }
  // A repeated request finds its run as long as that is the newest of its workflow id.
  const isAlone =
    journal.starts.filter((other) => other.workflowId === workflowId).length === 1 && ofId.length === made.length;
  if (made.length > 1 && isAlone) report('doubleStart', `${workflowId}: request ${requestId} made ${made.length} runs`);
}

function checkSignals(
  journal: Journal,
  byWorkflowId: ReadonlyMap<string, readonly RunHistory[]>,
  report: Report,
): void {
  for (const { workflowId, signalId, isAcknowledged } of journal.signals) {
    const counts = (byWorkflowId.get(workflowId) ?? []).map(
      (run) => signalsOf(run).filter((id) => id === signalId).length,
    );
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (counts.some((count) => count > 1))
      report('doubleSignal', `${workflowId}: signal ${signalId} is twice in one run`);
    if (isAcknowledged && total === 0)
      report('lostSignal', `${workflowId}: signal ${signalId} was acknowledged and is not there`);
  }
}

export function signalsOf(run: RunHistory): string[] {
  return eventsOf(run, EventType.WORKFLOW_EXECUTION_SIGNALED).map((event) => String(fromBytes(event.attributes.input)));
}

function checkUpdate(
  promise: UpdatePromise,
  byRunId: ReadonlyMap<string, RunHistory>,
  ofId: readonly RunHistory[],
  report: Report,
): void {
  const { updateId, workflowId, mode, runId, outcome } = promise;
  const accepted = ofId
    .flatMap((run) => eventsOf(run, EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED))
    .filter((event) => event.attributes.protocolInstanceId === updateId);
  if (mode === 'reject') {
    if (accepted.length > 0)
      report('update', `${workflowId}: update ${updateId} was refused by the program and is in history`);
    if (outcome === 'success')
      report('update', `${workflowId}: update ${updateId} was refused by the program and succeeded`);
    return;
  }
  if (runId === undefined) return;
  const run = byRunId.get(runId);
  if (run === undefined)
    return report(
      'lostUpdate',
      `${workflowId}: update ${updateId} was acknowledged for run ${runId}, which is not there`,
    );
  const completed = eventsOf(run, EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED).filter(
    (event) => event.attributes.meta?.updateId === updateId,
  );
  const isRejectedByServer = outcome === 'failure' && mode !== 'fail';
  if (
    !isRejectedByServer &&
    eventsOf(run, EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED).every(
      (event) => event.attributes.protocolInstanceId !== updateId,
    )
  ) {
    if (outcome !== 'failure')
      report('lostUpdate', `${workflowId}: update ${updateId} was acknowledged as accepted and is not in history`);
  }
  if (outcome === 'success' && completed.length !== 1)
    report('lostUpdate', `${workflowId}: update ${updateId} succeeded, history has ${completed.length} completions`);
  if (outcome === 'success' && mode === 'fail')
    report('update', `${workflowId}: update ${updateId} failed and is said to have succeeded`);
}

function checkActivities(journal: Journal, byRunId: ReadonlyMap<string, RunHistory>, report: Report): void {
  for (const { workflowId, runId, result } of journal.activityResults) {
    const run = byRunId.get(runId);
    const results =
      run === undefined
        ? []
        : eventsOf(run, EventType.ACTIVITY_TASK_COMPLETED).map((event) => fromBytes(event.attributes.result));
    const count = results.filter((found) => found === result).length;
    if (count !== 1)
      report('activityResult', `${workflowId}: result "${result}" was acknowledged and is ${count} times in history`);
  }
}

/** A result belongs to the attempt that history shows as started, and no attempt is made beyond the policy's. */
function checkAttempts(run: RunHistory, report: Report): void {
  const maximum = new Map(
    eventsOf(run, EventType.ACTIVITY_TASK_SCHEDULED).map((event) => [
      event.eventId,
      event.attributes.retryPolicy?.maximumAttempts ?? 0,
    ]),
  );
  const attempts = new Map<number, number>();
  for (const { attributes } of eventsOf(run, EventType.ACTIVITY_TASK_STARTED)) {
    attempts.set(attributes.scheduledEventId, attributes.attempt);
    const allowed = maximum.get(attributes.scheduledEventId) ?? 0;
    if (allowed > 0 && attributes.attempt > allowed)
      report(
        'attempts',
        `${run.workflowId}: activity ${attributes.scheduledEventId} was tried ${attributes.attempt} times, ${allowed} are allowed`,
      );
  }
  for (const { attributes } of eventsOf(run, EventType.ACTIVITY_TASK_COMPLETED)) {
    const [, attempt] = / attempt (\d+) token /.exec(String(fromBytes(attributes.result))) ?? [];
    if (attempt !== undefined && Number(attempt) !== attempts.get(attributes.scheduledEventId)) {
      report(
        'attempts',
        `${run.workflowId}: activity ${attributes.scheduledEventId} completed with the result of attempt ${attempt}, attempt ${attempts.get(attributes.scheduledEventId)} was started`,
      );
    }
  }
}

function checkCompletions(journal: Journal, byRunId: ReadonlyMap<string, RunHistory>, report: Report): void {
  for (const { workflowId, runId, nonce, isTraceless } of journal.completions) {
    const run = byRunId.get(runId);
    const count =
      run === undefined
        ? 0
        : eventsOf(run, EventType.WORKFLOW_TASK_COMPLETED).filter((event) => event.attributes.binaryChecksum === nonce)
            .length;
    if (count > 1 || (count === 0 && !isTraceless))
      report('taskCompletion', `${workflowId}: completion ${nonce} was acknowledged and is ${count} times in history`);
  }
}
