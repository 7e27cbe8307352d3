/** The simulator as a whole: seeds pass, and are the same world each time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REAL_MODULES } from './modules.js';
import { optionsOf } from './options.js';
import { runSimulation } from './simulation.js';

test('a seed is the same world each time, with or without a detailed trace', () => {
  const [first, second] = [runSimulation(optionsOf(11), REAL_MODULES), runSimulation(optionsOf(11), REAL_MODULES)];
  assert.equal(first.hash, second.hash);
  assert.equal(first.events, second.events);
  assert.equal(runSimulation(optionsOf(11), REAL_MODULES, true).events, first.events);
});

test('a handful of seeds pass, each with ten executions or more', () => {
  for (let seed = 1; seed <= 8; seed += 1) {
    const { failure, executions } = runSimulation(optionsOf(seed), REAL_MODULES);
    assert.equal(failure, undefined, `seed ${seed}: ${failure?.message ?? ''}`);
    assert.ok(executions >= 10, `seed ${seed} has ${executions} executions`);
  }
});
