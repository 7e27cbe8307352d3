// Runs unmodified programs of the official SDKs against a server and compares every history with the reference's.
//
//   node conformance/run.mjs --address HOST:PORT [--reference HOST:PORT] [--sdk raw,typescript,python,go,java] [--only NAME,…]
//                            [--record] [--out DIR] [--tls-ca FILE --tls-cert FILE --tls-key FILE]
//
// Without --reference the histories recorded in golden/ are the reference. --record writes them, from the server at --address.
import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installHarness, programs } from './harness/install.mjs';

const { values: flags } = parseArgs({
  options: {
    address: { type: 'string', default: '127.0.0.1:7233' },
    reference: { type: 'string' },
    sdk: { type: 'string', default: 'raw,typescript,python,go,java' },
    only: { type: 'string' },
    out: { type: 'string' },
    record: { type: 'boolean', default: false },
    'tls-ca': { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
  },
});

installHarness();
const { connect } = await import('./wire/client.mjs');
const { ensureSearchAttributes } = await import('./harness/search-attributes.mjs');
const { runPrograms } = await import('./harness/programs.mjs');
const { runRaw } = await import('./programs/raw/main.mjs');
const { dumpScenario } = await import('./harness/dump.mjs');
const { normalise } = await import('./compare/normalise.mjs');
const { differences } = await import('./compare/differences.mjs');
const { splitAccepted } = await import('./compare/accepted.mjs');
const { notBuilt } = await import('./compare/not-built.mjs');
const { goldenText } = await import('./harness/golden.mjs');

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const tally = { passed: 0, failed: 0, skipped: 0 };
for (const sdk of flags.sdk.split(',')) await runSdk(sdk);
const skipped = tally.skipped === 0 ? '' : `, ${tally.skipped} skipped`;
console.log(`${tally.passed} passed, ${tally.failed} failed${skipped}`);
process.exitCode = tally.failed === 0 ? 0 : 1;

async function runSdk(sdk) {
  const command = sdk === 'raw' ? undefined : programs[sdk]();
  const actual = await observe(sdk, command, flags.address, tlsPaths());
  const expected = flags.reference ? await observe(sdk, command, flags.reference) : undefined;
  for (const [name, scenario] of actual) {
    if (flags.record && scenario.ok) writeGolden(sdk, name, scenario.dump);
    judge(sdk, name, scenario, expected ? expected.get(name)?.dump : readGolden(sdk, name));
  }
}

/** Scenario name → `{ ok, error, dump }`, the dump normalised. */
async function observe(sdk, command, address, tls) {
  const nonce = `n${Date.now().toString(36)}`;
  const server = connect(address, tls && contents(tls));
  try {
    await ensureSearchAttributes(server);
    const options = { address, nonce, only: flags.only, tls };
    const reports = sdk === 'raw' ? await runRaw(server, options) : await runPrograms(command, options);
    const results = new Map();
    for (const report of reports) results.set(report.scenario, await collect(server, sdk, report, nonce));
    return results;
  } finally {
    server.close();
  }
}

async function collect(server, sdk, { scenario, ok, error, observed, texts, executions, runs }, nonce) {
  try {
    const dump = { ...(await dumpScenario(server, { executions, runs })), observed, texts };
    if (flags.out) write(`${flags.out}/${sdk}`, scenario, `${JSON.stringify({ nonce, ...dump }, undefined, 1)}\n`);
    return { ok, error, dump: normalise(dump, nonce) };
  } catch (failure) {
    return { ok: false, error: error ?? String(failure?.stack ?? failure), dump: { executions: [] } };
  }
}

function judge(sdk, name, { ok, error, dump }, reference) {
  const found = !ok
    ? [error ?? 'failed']
    : reference
      ? differences(reference, dump)
      : ['there is no golden history: run with --record against the reference'];
  if (found.length > 0 && notBuilt(name, dump)) {
    tally.skipped++;
    console.log(`ok - ${sdk} ${name} # SKIP not built yet`);
    return;
  }
  const { lines, accepted } = splitAccepted(found, sdk, name);
  tally[lines.length === 0 ? 'passed' : 'failed']++;
  console.log(`${lines.length === 0 ? 'ok' : 'not ok'} - ${sdk} ${name}`);
  for (const { line, reason } of accepted) console.log(`# accepted: ${line} (${reason})`);
  for (const line of lines.slice(0, 40)) console.log(`  ${line.replaceAll('\n', '\n  ')}`);
  if (lines.length > 40) console.log(`  … and ${lines.length - 40} more`);
}

/** Our SDK is held to what the official one made of the same programs. */
function readGolden(sdk, name) {
  const path = here(`golden/${sdk === 'perdure' ? 'typescript' : sdk}/${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function writeGolden(sdk, name, dump) {
  write(here(`golden/${sdk}`), name, goldenText(dump));
}

function write(folder, name, content) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${name}.json`, content);
}

function tlsPaths() {
  return flags['tls-ca'] ? { ca: flags['tls-ca'], cert: flags['tls-cert'], key: flags['tls-key'] } : undefined;
}

function contents(paths) {
  return Object.fromEntries(
    Object.entries(paths)
      .filter(([, path]) => path)
      .map(([name, path]) => [name, readFileSync(path)]),
  );
}
