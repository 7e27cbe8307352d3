import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

const root = join(import.meta.dirname, '../../../..');

it('has a page for every code, and no page for a code that is gone', () => {
  const source = readFileSync(join(root, 'packages/server/src/core/rejection.ts'), 'utf8');
  const union = source.slice(source.indexOf('export type RejectionCode'), source.indexOf('export interface Rejection'));
  const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map((match) => match[1]).sort();
  const pages = readdirSync(join(root, 'docs/errors'))
    .map((name) => name.replace('.md', ''))
    .sort();
  assert.deepEqual(pages, codes);
});
