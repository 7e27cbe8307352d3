import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../../../..');

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

test('the workflow of the README is the one that the examples test', () => {
  const bare = (code: string): string => code.replace(/ *\/\/.*/g, '').trim();
  const example = readFileSync(join(root, 'examples/hello-world/workflows.ts'), 'utf8');
  assert.ok(blocks.some((block) => bare(block) === bare(example)));
});

test('the example of the README runs as it stands', async () => {
  const code = blocks.filter((block) => block.includes("'@perdure/server'"));
  assert.equal(code.length, 1);
  const entry = pathToFileURL(join(root, 'packages/server/dist/run/index.js')).href;
  const runnable = `${code[0]?.replace("'@perdure/server'", JSON.stringify(entry))}\nexport const port = server.address.port;`;
  const module = (await import(`data:text/javascript,${encodeURIComponent(runnable)}`)) as { port: number };
  assert.ok(module.port > 0);
});
