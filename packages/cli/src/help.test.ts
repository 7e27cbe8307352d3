import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helpText } from './help.js';
import { parse } from './parse.js';
import { commands, connectionFlags } from './spec.js';
import { runCli } from './testing/run-cli.js';

for (const [path, command] of Object.entries(commands)) {
  test(`help of ${path} says every flag, and its example is right`, () => {
    const help = helpText(commands, path);
    for (const [name, flag] of Object.entries(command.flags)) {
      assert.ok(help.includes(`--${name}`), name);
      if (flag.short !== undefined) assert.ok(help.includes(`-${flag.short}, --${name}`), name);
    }
    const words = command.example.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
    assert.equal(words[0], 'perdure');
    const parsed = parse(commands, connectionFlags, words.slice(1), {});
    assert.equal(parsed.kind === 'run' ? parsed.path : parsed.kind, path);
  });

  test(`no two flags of ${path} share a letter`, () => {
    const letters = Object.values(command.flags).flatMap(({ short }) => short ?? []);
    assert.equal(new Set(letters).size, letters.length);
  });

  test(`the module of ${path} is there`, async () => {
    await assert.rejects(
      command.start(
        { out: () => {}, err: () => {}, env: {}, nowMs: () => 0 },
        new Map([
          ['address', ['127.0.0.1:1']],
          ['port', ['x']],
        ]),
      ),
    );
  });
}

test('help lines fit a terminal', () => {
  for (const path of ['', 'workflow', 'operator', ...Object.keys(commands)]) {
    for (const line of helpText(commands, path).split('\n')) assert.ok(line.length <= 122, `${path}: ${line}`);
  }
});

test('help goes to stdout, with exit code 0', async () => {
  const { code, out, err } = await runCli(['workflow', 'list', '--help']);
  assert.match(out, /^perdure workflow list: /);
  assert.deepEqual([code, err], [0, '']);
});
