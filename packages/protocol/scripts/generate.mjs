/**
 * Writes src/generated/*.ts: enums, message types with their codecs, and the RPC table, from the protobuf descriptors
 * inside @temporalio/proto. Does nothing when the output was made by this script from the same package version.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { emitEnums } from './emit-enums.mjs';
import { emitMessages } from './emit-messages.mjs';
import { emitSchema } from './emit-schema.mjs';
import { emitShapes } from './emit-shapes.mjs';
import { collect } from './model.mjs';

const require = createRequire(import.meta.url);
const here = (path) => new URL(path, import.meta.url);
const OUT = here('../src/generated/');
const STAMP = here('../src/generated/.stamp');
const SOURCES = [
  'generate.mjs',
  'model.mjs',
  'emit-enums.mjs',
  'emit-messages.mjs',
  'emit-schema.mjs',
  'emit-shapes.mjs',
  'emit-rpc-table.mjs',
];

const { version } = require('@temporalio/proto/package.json');
const stamp = fingerprint(version);
const force = process.argv.includes('--force');
if (!force && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) process.exit(0);

const model = collect(require('@temporalio/proto/protos/json-module.js'), require('protobufjs'));
const files = { ...emitEnums(model), ...emitMessages(model), ...emitSchema(model), ...emitShapes(model) };

mkdirSync(OUT, { recursive: true });
for (const name of readdirSync(OUT)) if (!(name in files)) rmSync(new URL(name, OUT));
for (const [name, text] of Object.entries(files)) {
  writeFileSync(new URL(name, OUT), `// Generated from @temporalio/proto ${version} by scripts/generate.mjs.\n${text}`);
}
writeFileSync(STAMP, stamp);
if (process.argv.includes('--names')) console.log(model.renamed.map((row) => row.join(' -> ')).join('\n'));
console.log(`generated ${model.messages.length} messages, ${model.enums.length} enums, ${model.rpcs.length} RPCs`);

function fingerprint(protoVersion) {
  const hash = createHash('sha256').update(protoVersion);
  for (const source of SOURCES) hash.update(readFileSync(here(source)));
  return hash.digest('hex');
}
