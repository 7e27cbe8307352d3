import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from './command-line.js';
import { optionsOf } from './options.js';
import { commandOf } from './shrink.js';

test('one seed when only the first is given, else many', () => {
  const one = parseArguments(['--seed', '57'], 2);
  assert.ok(!('problem' in one));
  assert.deepEqual([one.seed, one.seeds], [57, 1]);
  const many = parseArguments(['--seeds=2000', '--seed', '3'], 2);
  assert.ok(!('problem' in many));
  assert.deepEqual([many.seed, many.seeds, many.processes], [3, 2_000, 2]);
});

test('says what is wrong', () => {
  assert.deepEqual(parseArguments(['--sed', '1'], 2), { problem: 'unknown flag --sed' });
  assert.deepEqual(parseArguments(['--seeds', 'x'], 2), { problem: '--seeds wants a number, not "x"' });
  assert.deepEqual(parseArguments(['--without', 'rain'], 2), { problem: 'unknown kind of fault "rain"' });
});

test('the printed command gives the same world', () => {
  const overrides = { executions: 2, without: ['crash', 'zombie'] as const };
  const words = commandOf(9, overrides).split(' ').slice(4);
  const parsed = parseArguments(words, 2);
  assert.ok(!('problem' in parsed));
  assert.deepEqual(
    optionsOf(parsed.seed, { executions: parsed.executions, without: parsed.without }),
    optionsOf(9, overrides),
  );
});
