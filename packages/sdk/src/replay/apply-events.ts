/** History into machines: applies one chunk, event by event, and leaves the jobs of the next activation behind. */
import { EventType } from '@perdure/protocol';
import type { HistoryEvent, HistoryEventAttributes } from '@perdure/protocol';
import { matchCommand, matchEndOfCommands } from './command-match.js';
import { commandEventId, isFinal, roleOf } from './events.js';
import { readFlags } from './flags.js';
import type { Chunk } from './history-reader.js';
import { localActivityInput } from './machines/local-activity.js';
import { rulesOf } from './machines/rules.js';
import { requestUpdate } from './machines/update.js';
import { workflowTaskEvent } from './machines/workflow-task.js';
import { brokenHistory } from './mismatch.js';
import type { Fault } from './mismatch.js';
import { forget } from './run-state.js';
import type { Run } from './run-state.js';
import { randomnessSeed } from './seed.js';

export function applyChunk(run: Run, chunk: Chunk): Fault | undefined {
  const { events } = chunk;
  for (const event of events)
    if (event.eventType === EventType.WORKFLOW_TASK_COMPLETED) readCompletion(run, event.attributes);
  if (chunk.ahead.completed !== undefined) readCompletion(run, chunk.ahead.completed);
  for (const [index, event] of events.entries()) {
    if (run.replaying && chunk.isLast && chunk.isWhole && isNew(run, event)) run.replaying = false;
    deliverUpdates(run, event.eventId - 1);
    const fault = applyEvent(run, event, events[index + 1]);
    if (fault !== undefined) return fault;
    run.lastEventId = event.eventId;
  }
  lookAhead(run, chunk);
  return undefined;
}

/** Replay ends with the first event that no worker has seen: neither processed before nor caused by the code. */
function isNew(run: Run, event: HistoryEvent): boolean {
  return (
    event.eventId > run.previousStartedEventId &&
    event.eventType !== EventType.WORKFLOW_TASK_COMPLETED &&
    roleOf(event) !== 'command'
  );
}

function readCompletion(run: Run, completed: HistoryEventAttributes[typeof EventType.WORKFLOW_TASK_COMPLETED]): void {
  readFlags(run.flags, completed.sdkMetadata);
  const { deploymentVersion, workerVersion, workerDeploymentName } = completed;
  run.buildId = deploymentVersion?.buildId ?? workerVersion?.buildId ?? run.buildId;
  run.deploymentName = deploymentVersion?.deploymentName ?? (workerDeploymentName || run.deploymentName);
}

function applyEvent(run: Run, event: HistoryEvent, next: HistoryEvent | undefined): Fault | undefined {
  const role = roleOf(event);
  if (isFinal(event)) run.ended = true;
  if (role === 'command') return matchCommand(run, event, next);
  if (run.outgoing.length > 0 && event.eventType !== EventType.WORKFLOW_TASK_COMPLETED) {
    const extra = matchEndOfCommands(run, event);
    if (extra !== undefined) return extra;
  }
  switch (role) {
    case 'outcome':
      return applyOutcome(run, event);
    case 'task':
      return applyTaskEvent(run, event);
    case 'unsupported':
      return brokenHistory(event, 'This version does not know this kind of event.');
    case 'closing':
    case 'ignored':
      return undefined;
    case 'started':
    case 'signaled':
    case 'cancelRequested':
    case 'updateAdmitted':
      applyMessage(run, event);
      return undefined;
  }
}

function applyOutcome(run: Run, event: HistoryEvent): Fault | undefined {
  const id = commandEventId(event);
  const machine = id === undefined ? undefined : run.byEventId.get(id);
  if (machine === undefined || id === undefined)
    return brokenHistory(event, `Event ${id ?? 0}, which caused this one, is missing.`);
  const rules = rulesOf(machine);
  if (!rules.applyEvent(machine, event, run)) return brokenHistory(event, 'This event cannot come here.');
  if (rules.isOver(machine)) {
    run.byEventId.delete(id);
    forget(run, machine);
  }
  return undefined;
}

function applyTaskEvent(run: Run, event: HistoryEvent): Fault | undefined {
  const effects = workflowTaskEvent(run.workflowTask, event);
  if (effects === undefined) return brokenHistory(event, 'The events of Workflow Tasks are out of order.');
  for (const effect of effects)
    switch (effect) {
      case 'begin':
        if (event.eventType === EventType.WORKFLOW_TASK_STARTED) readTaskStart(run, event.attributes);
        beginTask(run, event.eventTime);
        break;
      case 'reseed':
        if (event.eventType === EventType.WORKFLOW_TASK_FAILED)
          run.jobs.push({ kind: 'updateRandomSeed', randomnessSeed: randomnessSeed(event.attributes.newRunId) });
        break;
    }
  return undefined;
}

function readTaskStart(run: Run, started: HistoryEventAttributes[typeof EventType.WORKFLOW_TASK_STARTED]): void {
  run.historySizeBytes = started.historySizeBytes;
  run.continueAsNewSuggested = started.suggestContinueAsNew;
  run.continueAsNewReasons = started.suggestContinueAsNewReasons;
}

function beginTask(run: Run, timeMs: number | undefined): void {
  run.timeMs = Math.max(run.timeMs, timeMs ?? 0);
  if (run.replaying) return;
  // No marker will come any more for what still waits for one.
  for (const machine of run.localActivities.values()) localActivityInput(machine, 'live', undefined, run);
}

function applyMessage(run: Run, event: HistoryEvent): void {
  if (event.eventType === EventType.WORKFLOW_EXECUTION_STARTED) {
    run.timeMs = event.eventTime ?? 0;
    run.jobs.push({
      kind: 'initialize',
      workflowId: event.attributes.workflowId || run.options.workflowId,
      randomnessSeed: randomnessSeed(event.attributes.originalExecutionRunId),
      startTimeMs: run.timeMs,
      attributes: event.attributes,
    });
  } else if (event.eventType === EventType.WORKFLOW_EXECUTION_SIGNALED) {
    const { signalName, input, header, identity } = event.attributes;
    run.jobs.push({ kind: 'signal', signalName, input, header, identity });
  } else if (event.eventType === EventType.WORKFLOW_EXECUTION_CANCEL_REQUESTED) {
    run.jobs.push({ kind: 'cancelWorkflow', reason: event.attributes.cause });
  } else if (event.eventType === EventType.WORKFLOW_EXECUTION_UPDATE_ADMITTED) {
    const { request } = event.attributes;
    const id = request?.meta?.updateId;
    if (request === undefined || id === undefined) return;
    // On replay it is delivered where it was accepted.
    if (run.replaying) run.admitted.set(id, request);
    else
      run.incoming.push({
        messageId: `${id}/request`,
        protocolInstanceId: id,
        sequencingEventId: event.eventId,
        request,
      });
  }
}

/** Updates come between events: behind the one that their message names. */
function deliverUpdates(run: Run, eventId: number): void {
  if (run.incoming.length === 0) return;
  const due = run.incoming.filter((incoming) => incoming.sequencingEventId <= eventId);
  if (due.length === 0) return;
  run.incoming = run.incoming.filter((incoming) => incoming.sequencingEventId > eventId);
  for (const incoming of due) run.updates.set(incoming.protocolInstanceId, requestUpdate(incoming, run));
}

function lookAhead(run: Run, { ahead }: Chunk): void {
  for (const patchId of ahead.patchIds) {
    run.patches.set(patchId, false);
    run.jobs.push({ kind: 'notifyHasPatch', patchId });
  }
  for (const marker of ahead.localActivities) {
    const machine = run.localActivities.get(marker.seq);
    if (machine?.state === 'awaitingMarker') localActivityInput(machine, 'ahead', marker.outcome, run);
    else run.localMarkersAhead.set(marker.seq, marker);
  }
  for (const seen of ahead.updates) {
    const request = run.admitted.get(seen.protocolInstanceId) ?? seen.request;
    run.admitted.delete(seen.protocolInstanceId);
    run.updates.set(seen.protocolInstanceId, requestUpdate({ ...seen, request }, run));
  }
}
