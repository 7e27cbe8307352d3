import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { EventType } from '@perdure/protocol';
import { isFinal } from './events.js';
import { addEvents, createReader, nextChunk } from './history-reader.js';
import { loadGolden } from './testing/golden.js';
import { replay, scriptOf } from './testing/script.js';
import type { ScriptedTask } from './testing/script.js';
import type { WorkflowCommand } from './contract.js';

const ALL = ['typescript', 'python', 'go', 'java', 'raw'].flatMap(loadGolden);
/** Those whose commands this core can play: made by the official core, without Nexus. */
const CORE = [...loadGolden('typescript'), ...loadGolden('python')];

describe('the reader on recorded histories', () => {
  it(`consumes every event of ${ALL.length} runs, in chunks that end with a task's start or the run`, () => {
    assert.ok(ALL.length > 300);
    for (const { name, events } of ALL) {
      const reader = createReader();
      assert.ok(addEvents(reader, events, true, 0), name);
      const seen = [];
      for (let chunk = nextChunk(reader); chunk !== 'over'; chunk = nextChunk(reader)) {
        assert.ok(chunk !== 'more', name);
        assert.ok(chunk.events.length > 0, name);
        const last = chunk.events.at(-1)!;
        if (chunk.isWhole) assert.ok(last.eventType === EventType.WORKFLOW_TASK_STARTED || isFinal(last), name);
        else assert.ok(chunk.isLast, name);
        seen.push(...chunk.events);
      }
      assert.deepEqual(seen, events, name);
    }
  });

  it('cuts alike whatever pages the history comes in', () => {
    for (const { name, events } of CORE)
      for (const pageSize of [1, 2, 5]) assert.deepEqual(ends(events, pageSize), ends(events, events.length), name);
  });
});

function ends(events: (typeof ALL)[number]['events'], pageSize: number): number[] {
  const reader = createReader();
  const result: number[] = [];
  for (let at = 0; at < events.length; at += pageSize) {
    assert.ok(addEvents(reader, events.slice(at, at + pageSize), at + pageSize >= events.length, result.at(-1) ?? 0));
    for (let chunk = nextChunk(reader); typeof chunk !== 'string'; chunk = nextChunk(reader))
      result.push(chunk.events.at(-1)!.eventId);
  }
  return result;
}

describe('replay of recorded histories', () => {
  it(`finds no fault in the ${CORE.length} runs of the official core when the code does what they say`, () => {
    for (const golden of CORE) {
      const step = replay(golden, scriptOf(golden.events));
      assert.equal(step.kind, 'replayed', `${golden.name}: ${inspect(step, { depth: 6 })}`);
    }
  });

  it('finds a command that is gone at its event', () => {
    let count = 0;
    for (const golden of CORE)
      eachCommand(scriptOf(golden.events), (task, index, script) => {
        const [gone] = task.commands.splice(index, 1);
        if (!isPlain(gone!.command)) return;
        count += 1;
        assertMismatch(replay(golden, script), gone!.eventId, `${golden.name}: ${gone!.command.kind} gone`);
      });
    assert.ok(count > 200, String(count));
  });

  it('finds an additional command at the first event that is not its own', () => {
    let count = 0;
    for (const golden of CORE) {
      const activated = new Set<number>();
      replay(golden, scriptOf(golden.events), (seen) => activated.add(seen));
      for (const at of scriptOf(golden.events).keys()) {
        const script = scriptOf(golden.events);
        const task = script[at]!;
        // A task that only told what the code had given up woke no code.
        if (!activated.has(task.seenEventId)) continue;
        const closes = task.commands.findIndex(({ command }) => CLOSES.has(command.kind));
        const index = closes < 0 ? task.commands.length : closes;
        const eventId = task.commands[index]?.eventId ?? task.endEventId;
        if (eventId === undefined) continue;
        task.commands.splice(index, 0, { command: { kind: 'startTimer', seq: 999, durationMs: 1 }, eventId: 0 });
        count += 1;
        const step = replay(golden, script);
        assertMismatch(step, eventId, `${golden.name}: added behind ${task.seenEventId}`);
        assert.match(inspect(step, { depth: 6 }), /started timer 999/);
      }
    }
    assert.ok(count > 150, String(count));
  });

  it('finds two commands in another order at the first of them', () => {
    let count = 0;
    for (const golden of CORE)
      eachCommand(scriptOf(golden.events), (task, index, script) => {
        const [first, second] = task.commands.slice(index, index + 2);
        if (!first || !second || !STARTS.has(first.command.kind) || !STARTS.has(second.command.kind)) return;
        task.commands.splice(index, 2, second, first);
        count += 1;
        assertMismatch(replay(golden, script), first.eventId, `${golden.name}: reordered`);
      });
    assert.ok(count > 5, String(count));
  });

  it('finds another activity, child or signal at its event', () => {
    let count = 0;
    for (const golden of CORE)
      eachCommand(scriptOf(golden.events), (task, index, script) => {
        const { command, eventId } = task.commands[index]!;
        const changed = change(command);
        if (changed === undefined) return;
        task.commands[index] = { command: changed, eventId };
        count += 1;
        const step = replay(golden, script);
        assertMismatch(step, eventId, `${golden.name}: changed`);
        assert.match(inspect(step, { depth: 6 }), /differs/);
      });
    assert.ok(count > 50, String(count));
  });
});

const CLOSES = new Set(['completeWorkflow', 'failWorkflow', 'cancelWorkflow', 'continueAsNew']);
const STARTS = new Set(['startTimer', 'scheduleActivity', 'startChild']);

/** Its absence shows at its own event: no patch, no local activity, not one of several upserts. */
function isPlain({ kind }: WorkflowCommand): boolean {
  return STARTS.has(kind) || CLOSES.has(kind) || kind === 'cancelTimer' || kind === 'cancelActivity';
}

function eachCommand(
  original: ScriptedTask[],
  visit: (task: ScriptedTask, index: number, script: ScriptedTask[]) => void,
): void {
  for (const [at, task] of original.entries())
    for (const index of task.commands.keys()) {
      const script = original.map((entry) => ({ ...entry, commands: [...entry.commands] }));
      visit(script[at]!, index, script);
    }
}

function change(command: WorkflowCommand): WorkflowCommand | undefined {
  if (command.kind === 'scheduleActivity')
    return { ...command, attributes: { ...command.attributes, activityType: { name: 'other' } } };
  if (command.kind === 'startChild') return { ...command, attributes: { ...command.attributes, workflowId: 'other' } };
  if (command.kind === 'signalExternal')
    return { ...command, attributes: { ...command.attributes, signalName: 'other' } };
  return command.kind === 'scheduleLocalActivity' ? { ...command, activityType: 'other' } : undefined;
}

function assertMismatch(step: ReturnType<typeof replay>, eventId: number, what: string): void {
  const text = `${what}: ${inspect(step, { depth: 6 })}`;
  assert.ok(step.kind === 'fault' && step.fault.kind === 'mismatch', text);
  assert.equal(step.fault.eventId, eventId, text);
  assert.match(step.fault.hint, /patched\('my-change'\)/, text);
}
