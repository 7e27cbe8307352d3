import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import vm from 'node:vm';
import { adviceFor, REFUSED_WHEN_CALLED } from '../../workflow/runtime/globals/refuse.js';
import { GLOBALS } from '../../workflow/runtime/globals/table.js';
import { answersInside } from './testing/expressions.js';
import type { Answer } from './testing/expressions.js';
import { SAME_AS_NODE, SAME_EVERYWHERE } from './testing/same-as-node.js';

/** All globals of this Node and of a bare context of it. */
function globalsOfNode(): string[] {
  const bare = vm.runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[];
  return [...new Set([...Object.getOwnPropertyNames(globalThis), ...bare])].sort();
}

test('each global of this Node has a row in the table', () => {
  const unknown = globalsOfNode().filter((name) => !GLOBALS.has(name));
  assert.deepEqual(unknown, [], `new globals in Node ${process.version}: give each a row in globals/table.ts`);
});

test('each global is there, or not, as its row says', async () => {
  const names = [...GLOBALS.keys()].filter((name) => !['globalThis', 'global', 'undefined'].includes(name));
  const found = await answersInside(names.map((name) => `typeof ${name}`));
  const here = new Set(globalsOfNode());
  for (const [index, name] of names.entries()) {
    const isThere = found[index] !== '"undefined"';
    const isRefused = GLOBALS.get(name) === 'refused' && !Object.hasOwn(REFUSED_WHEN_CALLED, name);
    // What an older Node does not have is not there either.
    assert.equal(isThere, !isRefused && (here.has(name) || !isOfTheLanguage(name)), name);
  }
});

function isOfTheLanguage(name: string): boolean {
  return GLOBALS.get(name) === 'pure' || name === 'Temporal';
}

test('what is refused has an advice', () => {
  for (const [name, kind] of GLOBALS) {
    if (kind === 'refused') assert.ok(adviceFor(name) ?? REFUSED_WHEN_CALLED[name], name);
  }
});

interface Answers {
  readonly inside: readonly Answer[];
  readonly outside: readonly Answer[];
  readonly everywhere: readonly Answer[];
}

async function answersIn(env: Readonly<Record<string, string>>): Promise<Answers> {
  const child = join(import.meta.dirname, 'testing/answers-child.js');
  const { stdout } = await promisify(execFile)(process.execPath, [child], { env: { ...process.env, ...env } });
  return JSON.parse(stdout) as Answers;
}

test('globals do what they do in a Node of UTC and English, on every machine', { timeout: 60_000 }, async () => {
  const utc = await answersIn({ TZ: 'UTC', LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' });
  const away = await answersIn({ TZ: 'America/New_York', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' });
  const differences = SAME_AS_NODE.flatMap((text, index) => {
    const [ours, nodes, elsewhere] = [utc.inside[index], utc.outside[index], away.inside[index]];
    return ours === nodes && ours === elsewhere ? [] : [{ text, ours, nodes, elsewhere }];
  });
  assert.deepEqual(differences, []);
  for (const [index, text] of SAME_EVERYWHERE.entries()) {
    assert.equal(away.everywhere[index], utc.everywhere[index], text);
    assert.doesNotMatch(String(utc.everywhere[index]), /^!/, text);
  }
});
