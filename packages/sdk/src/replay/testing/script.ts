/** The commands that a history implies, task by task, and a driver that plays them as if code had asked for them. */
import { EventType } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import type { Completion, WorkflowCommand } from '../contract.js';
import { isCommandEvent } from '../events.js';
import { addEvents, createReader, nextChunk } from '../history-reader.js';
import { readLocalActivityMarker, readPatchMarker } from '../markers.js';
import { applyCompletion, applyTask } from '../run.js';
import type { Step } from '../run.js';
import { createRun } from '../run-state.js';
import type { Golden } from './golden.js';

export interface ScriptedCommand {
  readonly command: WorkflowCommand;
  readonly eventId: number;
}
/** What the code asks for when it has seen history up to `seenEventId`. */
export interface ScriptedTask {
  readonly seenEventId: number;
  readonly commands: ScriptedCommand[];
  /** The first event behind those that record the commands. */
  readonly endEventId: number | undefined;
}

export function scriptOf(events: readonly HistoryEvent[]): ScriptedTask[] {
  const reader = createReader();
  addEvents(reader, events, true, 0);
  const writer = new CommandWriter();
  const tasks: ScriptedTask[] = [];
  let seenEventId = 0;
  for (let chunk = nextChunk(reader); chunk !== 'over' && chunk !== 'more'; chunk = nextChunk(reader)) {
    const commands = chunk.events.filter(isCommandEvent).flatMap((event) => {
      const command = writer.commandFor(event);
      return command === undefined ? [] : [{ command, eventId: event.eventId }];
    });
    const end = chunk.events.find(
      (event) => event.eventType !== EventType.WORKFLOW_TASK_COMPLETED && !isCommandEvent(event),
    );
    if (seenEventId > 0) tasks.push({ seenEventId, commands, endEventId: end?.eventId });
    seenEventId = chunk.events.at(-1)!.eventId;
  }
  return tasks;
}

/** Numbers what it meets as the runtime does. */
class CommandWriter {
  readonly #seqs = new Map<number, number>();
  #activities = 0;
  readonly #childSeqs = new Map<string, number>();
  #children = 0;
  #externals = 0;
  #signals = 0;
  #patchUpsert = false;

  commandFor(event: HistoryEvent): WorkflowCommand | undefined {
    const patch = readPatchMarker(event);
    const local = readLocalActivityMarker(event);
    const listsPatches = this.#patchUpsert;
    this.#patchUpsert = patch !== undefined;
    if (patch) return { kind: 'setPatch', patchId: patch.id, deprecated: patch.deprecated };
    if (local) {
      const { seq, activityId, activityType } = local;
      const rest = { cancellation: 'waitCompleted', attempt: 1, attributes: {} } as const;
      return { kind: 'scheduleLocalActivity', seq, activityId, activityType, ...rest };
    }
    switch (event.eventType) {
      case EventType.TIMER_STARTED: {
        const { timerId, startToFireTimeout = 0 } = event.attributes;
        return { kind: 'startTimer', seq: Number(timerId), durationMs: startToFireTimeout };
      }
      case EventType.TIMER_CANCELED:
        return { kind: 'cancelTimer', seq: Number(event.attributes.timerId) };
      case EventType.ACTIVITY_TASK_SCHEDULED: {
        const { activityId, activityType, input } = event.attributes;
        const seq = ++this.#activities;
        this.#seqs.set(event.eventId, seq);
        const attributes = { activityId, activityType, input };
        return { kind: 'scheduleActivity', seq, cancellation: 'waitCompleted', attributes };
      }
      case EventType.ACTIVITY_TASK_CANCEL_REQUESTED:
        return { kind: 'cancelActivity', seq: this.#seqs.get(event.attributes.scheduledEventId)! };
      case EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED: {
        const { namespace, workflowId, workflowType } = event.attributes;
        const seq = ++this.#children;
        this.#childSeqs.set(workflowId, seq);
        return {
          kind: 'startChild',
          seq,
          cancellation: 'waitCompleted',
          attributes: { namespace, workflowId, workflowType },
        };
      }
      case EventType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: {
        const { childWorkflowOnly, workflowExecution, reason } = event.attributes;
        const workflowId = workflowExecution?.workflowId ?? '';
        if (childWorkflowOnly) return { kind: 'cancelChild', seq: this.#childSeqs.get(workflowId)!, reason };
        return { kind: 'cancelExternal', seq: ++this.#externals, attributes: { workflowId, reason } };
      }
      case EventType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: {
        const { workflowExecution, signalName } = event.attributes;
        const attributes = { execution: workflowExecution, signalName };
        return { kind: 'signalExternal', seq: ++this.#signals, attributes };
      }
      case EventType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
        return listsPatches ? undefined : { kind: 'upsertSearchAttributes', value: new Uint8Array() };
      case EventType.WORKFLOW_PROPERTIES_MODIFIED:
        return { kind: 'modifyMemo', value: new Uint8Array() };
      case EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED: {
        const { protocolInstanceId } = event.attributes;
        return { kind: 'respondUpdate', protocolInstanceId, response: { status: 'accepted' } };
      }
      case EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED: {
        const protocolInstanceId = event.attributes.meta?.updateId ?? '';
        return { kind: 'respondUpdate', protocolInstanceId, response: { status: 'completed', result: undefined } };
      }
      case EventType.WORKFLOW_EXECUTION_COMPLETED:
        return { kind: 'completeWorkflow' };
      case EventType.WORKFLOW_EXECUTION_FAILED:
        return { kind: 'failWorkflow', failure: new Uint8Array() };
      case EventType.WORKFLOW_EXECUTION_CANCELED:
        return { kind: 'cancelWorkflow' };
      case EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
        return { kind: 'continueAsNew', attributes: {} };
      default:
        throw new Error(`no command for event ${event.eventId}`);
    }
  }
}

/** Replays a whole history with the commands of the script; the last step. `onActivation` gets how far it has seen. */
export function replay(
  { events, runId }: Golden,
  script: readonly ScriptedTask[],
  onActivation: (seenEventId: number) => void = () => {},
): Step {
  const run = createRun({ runId, workflowId: 'w', sdkName: 's', sdkVersion: '1', buildId: '', deploymentName: '' });
  const lastStarted = events.findLast(({ eventType }) => eventType === EventType.WORKFLOW_TASK_STARTED);
  const previousStartedEventId = lastStarted?.eventId ?? 0;
  const task = { events, historyComplete: true, previousStartedEventId, updates: [], queries: new Map() };
  let answered = 0;
  let step = applyTask(run, task);
  while (step.kind === 'activate') {
    const seen = step.activation.historyLength;
    onActivation(seen);
    const commands = seen > answered ? commandsAt(script, seen) : [];
    answered = seen;
    const completion: Completion = { status: 'ok', commands };
    step = applyCompletion(run, completion);
  }
  return step;
}

function commandsAt(script: readonly ScriptedTask[], seenEventId: number): WorkflowCommand[] {
  return script.find((task) => task.seenEventId === seenEventId)?.commands.map(({ command }) => command) ?? [];
}
