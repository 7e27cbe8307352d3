// Compares two files: raw dumps (`{ nonce, executions, … }`) or goldens. Prints the differences; exit code 1 when there are any.
import { readFileSync } from 'node:fs';
import { differences } from './differences.mjs';
import { normalise } from './normalise.mjs';

const [expected, actual] = process.argv.slice(2);
if (!expected || !actual) {
  console.error('usage: node compare/main.mjs EXPECTED.json ACTUAL.json');
  process.exit(2);
}
const lines = differences(read(expected), read(actual));
console.log(lines.length === 0 ? 'no differences' : lines.join('\n'));
process.exit(lines.length === 0 ? 0 : 1);

function read(path) {
  const { nonce, ...dump } = JSON.parse(readFileSync(path, 'utf8'));
  return nonce ? normalise(dump, nonce) : dump;
}
