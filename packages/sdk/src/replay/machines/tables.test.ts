import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { activityTable } from './activity.js';
import { upsertTable } from './attributes.js';
import { childTable } from './child.js';
import { closeTable } from './close.js';
import { externalCancelTable } from './external-cancel.js';
import { externalSignalTable } from './external-signal.js';
import { localActivityTable } from './local-activity.js';
import { patchTable } from './patch.js';
import type { Cell } from './table.js';
import { timerTable } from './timer.js';
import { updateTable } from './update.js';
import { workflowTaskTable } from './workflow-task.js';

type AnyTable = Readonly<Record<string, Readonly<Record<string, Cell<string, string>>>>>;

/** Each with the states that it can begin in, and the paths that must be walkable: inputs → states and effects. */
const MACHINES: { name: string; table: AnyTable; begins: string[]; paths: [string, string][] }[] = [
  {
    name: 'timer',
    table: timerTable,
    begins: ['toStart'],
    paths: [
      ['started fired', 'running closed:resolve'],
      ['started cancel cancel canceled', 'running toCancel:askCancel toCancel closed'],
      ['cancel cancel', 'closed:drop closed'],
      ['started fired cancel', 'running closed:resolve closed'],
      ['fired', 'refuse'],
      ['started canceled', 'running refuse'],
    ],
  },
  {
    name: 'activity',
    table: activityTable,
    begins: ['toSchedule'],
    paths: [
      ['scheduled started completed', 'open open closed:resolveCompleted'],
      ['scheduled started failed', 'open open closed:resolveFailed'],
      ['scheduled timedOut', 'open closed:resolveTimedOut'],
      ['tryCancel', 'closed:drop+resolveCanceled'],
      ['waitCompleted', 'closed:drop+resolveCanceled'],
      ['abandon', 'closed:drop+resolveCanceled'],
      [
        'scheduled tryCancel cancelRequested started completed',
        'open toldToCancel:askCancel+resolveCanceled told told closed',
      ],
      [
        'scheduled waitCompleted cancelRequested canceled',
        'open toCancel:askCancel cancelAsked closed:resolveCanceled',
      ],
      [
        'scheduled waitCompleted cancelRequested completed',
        'open toCancel:askCancel cancelAsked closed:resolveCompleted',
      ],
      ['scheduled abandon started failed', 'open told:resolveCanceled told closed'],
      ['scheduled cancelRequested', 'open refuse'],
      ['completed', 'refuse'],
    ],
  },
  {
    name: 'local activity',
    table: localActivityTable,
    begins: ['running', 'awaitingMarker'],
    paths: [
      ['result marker', 'toRecord:resolve+record recorded'],
      ['tryCancel result marker', 'toRecord:askCancel+resolveCanceled+record toRecord recorded'],
      ['waitCompleted result', 'running:askCancel toRecord:resolve+record'],
      ['abandon', 'toRecord:resolveCanceled+record'],
      ['marker', 'refuse'],
    ],
  },
  {
    name: 'child',
    table: childTable,
    begins: ['toStart'],
    paths: [
      ['initiated started completed', 'initiated started:resolveStarted closed:resolveCompleted'],
      ['initiated startFailed', 'initiated closed:resolveStartFailed'],
      ['tryCancel', 'closed:drop+resolveStartCancelled'],
      ['initiated tryCancel started canceled', 'initiated told:askCancel+resolveCancelled told closed'],
      ['initiated abandon startFailed', 'initiated told:resolveCancelled closed'],
      [
        'initiated started waitCompleted canceled',
        'initiated started:resolveStarted started:askCancel closed:resolveCancelled',
      ],
      ['initiated waitRequested started', 'initiated initiated:askCancel started:resolveStarted'],
      ['initiated started terminated', 'initiated started:resolveStarted closed:resolveFailed'],
      ['initiated completed', 'initiated refuse'],
    ],
  },
  {
    name: 'external signal',
    table: externalSignalTable,
    begins: ['toSend'],
    paths: [
      ['initiated cancel signaled cancel', 'sent sent closed:resolve closed'],
      ['initiated failed', 'sent closed:resolveFailed'],
      ['cancel', 'closed:drop+resolveCancelled'],
    ],
  },
  {
    name: 'external cancel',
    table: externalCancelTable,
    begins: ['toSend'],
    paths: [
      ['initiated requested', 'sent closed:resolve'],
      ['initiated failed', 'sent closed:resolveFailed'],
    ],
  },
  {
    name: 'update',
    table: updateTable,
    begins: ['requested'],
    paths: [
      ['reject', 'closed:sendRejection'],
      [
        'accept acceptedEvent complete completedEvent',
        'toAccept:sendAcceptance running toComplete:sendResponse closed',
      ],
      [
        'accept complete acceptedEvent completedEvent',
        'toAccept:sendAcceptance toAcceptAndComplete:sendResponse toComplete closed',
      ],
      ['accept reject', 'toAccept:sendAcceptance refuse'],
      ['complete', 'refuse'],
    ],
  },
  { name: 'patch', table: patchTable, begins: ['toRecord'], paths: [['recorded recorded', 'recorded refuse']] },
  { name: 'upsert', table: upsertTable, begins: ['toSend'], paths: [['recorded recorded', 'recorded refuse']] },
  { name: 'close', table: closeTable, begins: ['toSend'], paths: [['recorded recorded', 'recorded refuse']] },
  {
    name: 'workflow task',
    table: workflowTaskTable,
    begins: ['none'],
    paths: [
      ['completed scheduled started completed', 'none scheduled started:begin none'],
      ['scheduled timedOut scheduled started failed', 'scheduled none scheduled started:begin none'],
      ['scheduled started failedByReset', 'scheduled started:begin none:reseed'],
      ['started', 'refuse'],
    ],
  },
];

describe('transition tables', () => {
  for (const { name, table, begins, paths } of MACHINES)
    it(`${name}: all arrows lead to states, all states are reached, the paths hold`, () => {
      const reached = new Set(begins);
      for (const state of reached)
        for (const cell of Object.values(table[state] ?? assert.fail(state)))
          if (typeof cell === 'object') reached.add(cell.state);
      assert.deepEqual([...reached].sort(), Object.keys(table).sort());
      for (const [inputs, expected] of paths) assert.equal(walk(table, begins[0]!, inputs), expected);
    });

  it('local activity on replay', () => {
    const table: AnyTable = localActivityTable;
    assert.equal(walk(table, 'awaitingMarker', 'ahead marker'), 'known:resolve recorded');
    assert.equal(walk(table, 'awaitingMarker', 'tryCancel marker'), 'awaitingMarker recorded:resolve');
    assert.equal(walk(table, 'awaitingMarker', 'live result'), 'running:run toRecord:resolve+record');
  });
});

function walk(table: AnyTable, begin: string, inputs: string): string {
  let state = begin;
  const steps = inputs.split(' ').map((input) => {
    const cell = table[state]![input]!;
    if (cell === 'refuse') return 'refuse';
    if (cell === 'ignore') return state;
    state = cell.state;
    return cell.effects.length === 0 ? state : `${state}:${cell.effects.join('+')}`;
  });
  return steps.join(' ');
}
