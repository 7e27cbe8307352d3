/** Random groups, good and bad, on the store and on the memory store: the same outcomes, and afterwards the same data. */
import assert from 'node:assert/strict';
import type { Store, Write } from '../../ports/index.js';
import { MemoryStore } from '../memory.js';
import { ALL_HISTORY } from './commits.js';
import { filterOf } from './lists.js';
import { makeRandom } from './random.js';
import type { Random } from './random.js';
import type { MakeStorage } from './world.js';
import { append, dispatchRow, outboxRow, putExecution, putSnapshot, testWorld } from './world.js';

const SEEDS = 10;
const GROUPS = 60;
const EXECUTIONS = 8;
const QUEUES = ['workflow/namespace/a', 'workflow/namespace/b', 'activity/namespace/a'];

export function testRandomGroups(name: string, makeStorage: MakeStorage): void {
  for (let seed = 1; seed <= SEEDS; seed++) {
    testWorld(`${name}: random groups, seed ${seed}`, makeStorage, async (world) => {
      const random = makeRandom(seed);
      const reference = new MemoryStore();
      let owner = await reference.open('reference');
      let number = 0;
      const lengths = new Map<number, History>();
      for (let index = 0; index < GROUPS; index++) {
        const before = new Map(lengths);
        const writes = Array.from({ length: 1 + random.below(6) }, () => randomWrite(random, lengths));
        const wanted = await reference.commit({ epoch: owner.epoch, number: number + 1, writes });
        if (wanted.kind === 'committed') number += 1;
        else restore(lengths, before);
        assert.equal((await world.tryCommit(...writes)).kind, wanted.kind, JSON.stringify(writes));
        if (random.chance(0.05)) {
          owner = await reference.open('reference');
          number = 0;
          await world.reopen();
        }
      }
      assert.deepEqual(await dump(world.store), await dump(reference));
      await world.reopen();
      assert.deepEqual(await dump(world.store), await dump(reference));
    });
  }
}

interface History {
  readonly seq: number;
  readonly events: number;
}

function restore(lengths: Map<number, History>, before: ReadonlyMap<number, History>): void {
  lengths.clear();
  for (const [execNo, history] of before) lengths.set(execNo, history);
}

function randomWrite(random: Random, lengths: Map<number, History>): Write {
  const execNo = 1 + random.below(EXECUTIONS);
  const taskNo = 1 + random.below(12);
  const outboxNo = 1 + random.below(12);
  const history = lengths.get(execNo) ?? { seq: 0, events: 0 };
  const makers: readonly (() => Write)[] = [
    () => randomExecution(random, execNo),
    () => randomExecution(random, execNo),
    () => {
      const seq = history.seq + (random.chance(0.03) ? random.below(3) : 1);
      const count = random.below(4);
      lengths.set(execNo, { seq, events: history.events + count });
      return append(execNo, seq, history.events + 1, count);
    },
    () => putSnapshot(execNo, history.seq),
    () => ({ kind: 'putTimer', execNo, dueMs: random.below(20) }),
    () => ({ kind: 'deleteTimer', execNo }),
    () => ({
      kind: 'putDispatch',
      row: dispatchRow(taskNo, {
        execNo,
        queue: random.pick(QUEUES),
        priorityKey: random.below(3),
        passTicket: random.below(3),
      }),
    }),
    () => ({ kind: 'deleteDispatch', taskNo }),
    () => ({ kind: 'putOutbox', row: outboxRow(outboxNo, { sourceExecNo: execNo }) }),
    () => ({ kind: 'deleteOutbox', outboxNo }),
    () => ({ kind: 'putRecord', record: 'taskQueue', key: `k${random.below(3)}`, bytes: new Uint8Array([taskNo]) }),
    () => ({ kind: 'deleteRecord', record: 'taskQueue', key: `k${random.below(3)}` }),
    () => {
      if (random.chance(0.5)) return { kind: 'deleteTimer', execNo };
      lengths.delete(execNo);
      return { kind: 'deleteExecution', execNo };
    },
  ];
  return random.pick(makers)();
}

/** Runs of a few workflow ids; a run keeps its ids, the rest changes. */
function randomExecution(random: Random, execNo: number): Write {
  const workflowId = `w${execNo % 3}`;
  const closed = random.chance(0.4) ? { status: 2 + random.below(3), closeTimeMs: random.below(20) } : {};
  const attributes = new Map(random.chance(0.2) ? [['TemporalNamespaceDivision', 'Scheduler']] : []);
  return putExecution(execNo, { workflowId, ...closed, attributes }, random.chance(0.7));
}

async function dump(store: Store): Promise<unknown> {
  const execNos = Array.from({ length: EXECUTIONS }, (_, index) => index + 1);
  const queues = await store.listDispatchQueues();
  const records = await store.loadRecords('taskQueue');
  return {
    executions: await Promise.all(execNos.map((execNo) => store.loadExecution({ by: 'execNo', execNo }))),
    histories: await Promise.all(execNos.map((execNo) => store.readHistory({ ...ALL_HISTORY, execNo }))),
    current: await Promise.all(['w0', 'w1', 'w2'].map((id) => store.loadCurrent('namespace', id))),
    timers: await store.scanTimers(-Infinity, Infinity, 100),
    dispatch: await Promise.all(QUEUES.map((queue) => store.scanDispatch(queue, undefined, 100))),
    queues: queues.toSorted((left, right) => (left.queue < right.queue ? -1 : 1)),
    outbox: await store.scanOutbox(0, 100),
    records: new Map(
      records.toSorted((left, right) => (left.key < right.key ? -1 : 1)).map(({ key, bytes }) => [key, bytes]),
    ),
    namespace: (await store.scanNamespace('namespace', 100)).toSorted((left, right) => left - right),
    list: await store.list(filterOf('')),
    counts: await store.count(filterOf('GROUP BY ExecutionStatus')),
    schedules: await store.count(filterOf("TemporalNamespaceDivision = 'Scheduler'")),
  };
}
