/** A completion into machines: what the code asks for, in its order. */
import { SearchAttributes } from '@perdure/protocol';
import { PATCHES_ATTRIBUTE } from './command-match.js';
import type { WorkflowCommand } from './contract.js';
import { CoreFlag } from './flags.js';
import { activityInput, scheduleActivity } from './machines/activity.js';
import { upsert } from './machines/attributes.js';
import { childInput, startChild } from './machines/child.js';
import { closeWorkflow } from './machines/close.js';
import { cancelExternal } from './machines/external-cancel.js';
import { externalSignalInput, signalExternal } from './machines/external-signal.js';
import { localActivityInput, scheduleLocalActivity } from './machines/local-activity.js';
import { recordPatch } from './machines/patch.js';
import { scheduleTimer, timerInput } from './machines/timer.js';
import { respondUpdate } from './machines/update.js';
import { jsonPayload } from './markers.js';
import type { BrokenContract } from './mismatch.js';
import type { Run } from './run-state.js';

/** Undefined if all is well. */
export function applyCommands(run: Run, commands: readonly WorkflowCommand[]): BrokenContract | undefined {
  for (const command of inOrder(run, commands)) {
    const fault = applyCommand(run, command);
    if (fault !== undefined) return fault;
  }
  if (run.outgoing.some(({ machine }) => machine.dropped))
    run.outgoing = run.outgoing.filter(({ machine }) => !machine.dropped);
  return undefined;
}

const CLOSES: ReadonlySet<WorkflowCommand['kind']> = new Set([
  'completeWorkflow',
  'failWorkflow',
  'cancelWorkflow',
  'continueAsNew',
]);

/** One end at most, and nothing behind it. */
function inOrder(run: Run, commands: readonly WorkflowCommand[]): readonly WorkflowCommand[] {
  const closeAt = commands.findIndex(({ kind }) => CLOSES.has(kind));
  if (closeAt < 0) return commands;
  const close = commands.slice(closeAt, closeAt + 1);
  const behind = commands.slice(closeAt + 1);
  const movesLast = !run.replaying || run.flags.core.has(CoreFlag.MOVES_CLOSE_LAST);
  // Answers to queries are no commands: they never get lost.
  const kept = behind.filter(({ kind }) => kind === 'answerQuery' || (movesLast && !CLOSES.has(kind)));
  return [...commands.slice(0, closeAt), ...kept, ...close];
}

function applyCommand(run: Run, command: WorkflowCommand): BrokenContract | undefined {
  switch (command.kind) {
    case 'startTimer':
      run.timers.set(command.seq, scheduleTimer(command, run));
      return undefined;
    case 'scheduleActivity':
      run.activities.set(command.seq, scheduleActivity(command, run));
      return undefined;
    case 'scheduleLocalActivity': {
      const ahead = run.localMarkersAhead.get(command.seq);
      run.localMarkersAhead.delete(command.seq);
      run.localActivities.set(command.seq, scheduleLocalActivity(command, ahead, run));
      return undefined;
    }
    case 'startChild':
      run.children.set(command.seq, startChild(command, run));
      return undefined;
    case 'signalExternal':
      run.externalSignals.set(command.seq, signalExternal(command, run));
      return undefined;
    case 'cancelExternal':
      run.externalCancels.set(command.seq, cancelExternal(command, run));
      return undefined;
    case 'upsertSearchAttributes':
    case 'modifyMemo':
      upsert(command, undefined, run);
      return undefined;
    case 'setPatch':
      setPatch(run, command.patchId, command.deprecated);
      return undefined;
    case 'respondUpdate':
      return applyUpdateResponse(run, command);
    case 'answerQuery':
      run.answers.set(command.queryId, command.answer);
      return undefined;
    case 'cancelTimer':
    case 'cancelActivity':
    case 'cancelLocalActivity':
    case 'cancelSignal':
    case 'cancelChild':
      cancel(run, command);
      return undefined;
    case 'completeWorkflow':
    case 'failWorkflow':
    case 'cancelWorkflow':
    case 'continueAsNew':
      closeWorkflow(command, run);
      end(run);
      return undefined;
  }
}

type Cancel = Extract<
  WorkflowCommand,
  { kind: 'cancelTimer' | 'cancelActivity' | 'cancelLocalActivity' | 'cancelSignal' | 'cancelChild' }
>;

/** What is over already is no longer known, and needs no cancelling. */
function cancel(run: Run, command: Cancel): void {
  switch (command.kind) {
    case 'cancelTimer': {
      const machine = run.timers.get(command.seq);
      if (machine !== undefined) timerInput(machine, 'cancel', run);
      break;
    }
    case 'cancelActivity': {
      const machine = run.activities.get(command.seq);
      if (machine !== undefined) activityInput(machine, machine.command.cancellation, undefined, run);
      break;
    }
    case 'cancelLocalActivity':
      cancelLocal(run, command.seq);
      break;
    case 'cancelSignal': {
      const machine = run.externalSignals.get(command.seq);
      if (machine !== undefined) externalSignalInput(machine, 'cancel', undefined, run);
      break;
    }
    case 'cancelChild': {
      const machine = run.children.get(command.seq);
      if (machine === undefined) break;
      machine.cancelReason = command.reason;
      childInput(machine, machine.command.cancellation, undefined, run);
      break;
    }
  }
}

function cancelLocal(run: Run, seq: number): void {
  const machine = run.localActivities.get(seq);
  if (machine === undefined) return;
  const queued = run.localToRun.findIndex((command) => command.seq === seq);
  // Not given to the worker yet: it need not run at all, so nobody waits for its end.
  if (queued >= 0) run.localToRun.splice(queued, 1);
  localActivityInput(machine, queued >= 0 ? 'abandon' : machine.command.cancellation, undefined, run);
}

function applyUpdateResponse(
  run: Run,
  command: Extract<WorkflowCommand, { kind: 'respondUpdate' }>,
): BrokenContract | undefined {
  const machine = run.updates.get(command.protocolInstanceId);
  if (machine !== undefined && respondUpdate(machine, command, run)) {
    if (machine.state === 'closed') run.updates.delete(command.protocolInstanceId);
    return undefined;
  }
  const message = `Update ${command.protocolInstanceId} is not open to the answer '${command.response.status}'.`;
  return { kind: 'brokenContract', message };
}

/** Once per run and patch. */
function setPatch(run: Run, patchId: string, deprecated: boolean): void {
  const asked = run.patches.get(patchId);
  if (asked === true) return;
  recordPatch(patchId, deprecated, run);
  const listed = [...run.patches].filter(([, wasAsked]) => wasAsked).map(([id]) => id);
  run.patches.set(patchId, true);
  const missingInHistory = run.replaying && asked === undefined;
  if (missingInHistory || (run.replaying && !run.flags.core.has(CoreFlag.LISTS_PATCHES))) return;
  const payload = jsonPayload([...listed, patchId].sort(), { type: 'KeywordList' });
  // The server's limit of one search attribute: a longer list is left out.
  if (payload.length > PATCH_LIST_BYTES_MAX) return;
  const value = SearchAttributes.encode({ indexedFields: new Map([[PATCHES_ATTRIBUTE, payload]]) });
  upsert({ kind: 'upsertSearchAttributes', value }, patchId, run);
}

const PATCH_LIST_BYTES_MAX = 2048;

/** Nobody will see the results of what still runs in the worker. */
function end(run: Run): void {
  run.ended = true;
  run.closedByCode = true;
  run.localToRun = [];
  for (const machine of run.localActivities.values())
    if (machine.state === 'running') run.localToCancel.push(machine.command.seq);
}
