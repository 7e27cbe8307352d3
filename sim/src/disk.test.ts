/** The disk's promises: durable only when flushed, fenced, and as unreliable as it is told to be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommitOutcome, Write } from '@perdure/server/ports';
import { Coverage } from './coverage.js';
import { Disk } from './disk.js';
import { Faults } from './faults.js';
import { REAL_MODULES } from './modules.js';
import { optionsOf } from './options.js';
import { Trace } from './trace.js';
import { World } from './world.js';

const record = (key: string): Write => ({ kind: 'putRecord', record: 'cluster', key, bytes: Uint8Array.of(1) });

function newDisk(): {
  world: World;
  disk: Disk;
  commit: (epoch: number, number: number, key: string) => (CommitOutcome | undefined)[];
} {
  const world = new World(1, new Trace(false));
  const options = { ...optionsOf(1), faults: new Set<never>() };
  const disk = new Disk(world, new Faults(options, world.rng, new Coverage(() => world.nowMs)), REAL_MODULES);
  const commit = (epoch: number, number: number, key: string): (CommitOutcome | undefined)[] => {
    const outcome: (CommitOutcome | undefined)[] = [];
    disk.commit({ epoch, number, writes: [record(key)] }, (given) => outcome.push(given));
    return outcome;
  };
  return { world, disk, commit };
}

const keys = (disk: Disk): string[] => [...disk.tables.records.cluster.keys()];

test('a commit is acknowledged after its flush, and is then there for good', () => {
  const { world, disk, commit } = newDisk();
  const { epoch } = disk.open();
  const outcome = commit(epoch, 1, 'a');
  assert.equal(outcome.length, 0);
  world.run(100, () => false);
  assert.equal(outcome[0]?.kind, 'committed');
  disk.powerCut(world.rng);
  assert.deepEqual(keys(disk), ['a']);
});

test('what is written and not flushed may be lost with the power, and is never acknowledged', () => {
  const { world, disk, commit } = newDisk();
  const { epoch } = disk.open();
  const outcome = commit(epoch, 1, 'a');
  world.run(1, () => keys(disk).length > 0);
  assert.deepEqual(keys(disk), ['a']);
  let isLost = false;
  for (let tries = 0; tries < 20 && !isLost; tries += 1) {
    const again = newDisk();
    again.commit(again.disk.open().epoch, 1, 'a');
    again.world.run(1, () => keys(again.disk).length > 0);
    again.disk.powerCut(again.world.rng.split(String(tries)));
    isLost = keys(again.disk).length === 0;
  }
  assert.ok(isLost);
  disk.powerCut(world.rng);
  world.run(100, () => false);
  assert.deepEqual(outcome, []);
});

test('an old owner is refused, and so is a commit that does not follow the one before', () => {
  const { world, disk, commit } = newDisk();
  const old = disk.open().epoch;
  const { epoch } = disk.open();
  const [stale, skipped] = [commit(old, 1, 'a'), commit(epoch, 2, 'b')];
  world.run(100, () => false);
  assert.equal(stale[0]?.kind, 'fenced');
  assert.equal(skipped[0]?.kind, 'fenced');
  assert.deepEqual(keys(disk), []);
});

test('a scripted failure writes nothing; the same number may be used again', () => {
  const { world, disk, commit } = newDisk();
  const { epoch } = disk.open();
  disk.script('failed');
  const failed = commit(epoch, 1, 'a');
  world.run(100, () => false);
  const again = commit(epoch, 1, 'b');
  world.run(100, () => false);
  assert.equal(failed[0]?.kind, 'failed');
  assert.equal(again[0]?.kind, 'committed');
  assert.deepEqual(keys(disk), ['b']);
});
