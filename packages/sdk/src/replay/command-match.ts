/** The code's commands against history's command events, in order: the first that does not fit is a Mismatch. */
import { CommandType, EventType, SearchAttributes } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import { COMMAND_OF_EVENT } from './events.js';
import type { Outgoing } from './machines/machine.js';
import { rulesOf } from './machines/rules.js';
import { readLocalActivityMarker, readPatchMarker } from './markers.js';
import { brokenHistory, mismatch } from './mismatch.js';
import type { Fault } from './mismatch.js';
import { forget } from './run-state.js';
import type { Run } from './run-state.js';

/** The search attribute that lists a run's patches. */
export const PATCHES_ATTRIBUTE = 'TemporalChangeVersion';

/** A loop of a thousand timers says it once more than enough. */
const DEVIATIONS_MAX = 10;

/** Takes the command that this event records off the run's list. `next`: the event behind it. */
export function matchCommand(run: Run, event: HistoryEvent, next: HistoryEvent | undefined): Fault | undefined {
  if (event.eventId === run.skippedEventId) return undefined;
  const local = readLocalActivityMarker(event);
  if (local !== undefined) {
    const machine = run.localActivities.get(local.seq);
    // On replay these have no place in the list: the marker finds its activity by number.
    if (machine !== undefined && machine.state !== 'toRecord')
      return record(run, { machine, commandType: COMMAND_OF_EVENT[event.eventType] ?? 0 }, event);
  }
  const patch = readPatchMarker(event);
  for (;;) {
    const front = run.outgoing[0];
    const isPatch = front?.machine.kind === 'patch';
    const fits = front?.machine.kind === 'patch' && front.machine.patchId === patch?.id;
    // A deprecated patch may have gone from the code, and with it its entry in the list of patches.
    if (patch?.deprecated === true && !fits) {
      if (listsPatches(next)) run.skippedEventId = event.eventId + 1;
      return undefined;
    }
    if (patch === undefined && isPatch) {
      // Asked for while replaying a history without it: the code took the old path and there is no marker.
      run.outgoing.shift();
      continue;
    }
    if (front === undefined) return mismatch(event, true, undefined);
    run.outgoing.shift();
    return record(run, front, event);
  }
}

function record(run: Run, outgoing: Outgoing, event: HistoryEvent): Fault | undefined {
  const { machine, commandType } = outgoing;
  const rules = rulesOf(machine);
  if (COMMAND_OF_EVENT[event.eventType] !== commandType)
    return mismatch(event, true, rules.describe(machine, outgoing));
  const difference = rules.differs(machine, event, run);
  if (difference !== undefined) return mismatch(event, true, rules.describe(machine, outgoing), difference);
  const deviation = rules.deviates?.(machine, event);
  if (deviation !== undefined && run.deviations.length < DEVIATIONS_MAX)
    run.deviations.push({
      eventId: event.eventId,
      message: `${rules.describe(machine, outgoing)}: ${deviation}`,
    });
  if (!rules.applyEvent(machine, event, run)) return brokenHistory(event, 'This event cannot come here.');
  if (rules.isOver(machine)) forget(run, machine);
  else if (commandType !== CommandType.REQUEST_CANCEL_ACTIVITY_TASK && machine.kind !== 'update')
    run.byEventId.set(event.eventId, machine);
  return undefined;
}

function listsPatches(event: HistoryEvent | undefined): boolean {
  if (event?.eventType !== EventType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES) return false;
  const { searchAttributes } = event.attributes;
  return (
    searchAttributes !== undefined && SearchAttributes.decode(searchAttributes).indexedFields.has(PATCHES_ATTRIBUTE)
  );
}

/**
 * All of a task's commands are recorded right behind its end: whatever is left when another event comes is not in
 * history. Patches may be left, see above.
 */
export function matchEndOfCommands(run: Run, event: HistoryEvent): Fault | undefined {
  for (const outgoing of run.outgoing) {
    const { machine } = outgoing;
    if (machine.kind === 'patch') continue;
    return mismatch(event, false, rulesOf(machine).describe(machine, outgoing));
  }
  return undefined;
}
