// Runs every scenario against one address and prints one line of JSON for each: what it made, and whether its own checks held.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { openWorld } from './world.js';
import type { Scenario, World } from './world.js';
import { scenarios } from './scenarios/index.js';

const { values: flags } = parseArgs({
  options: {
    address: { type: 'string', default: '127.0.0.1:7233' },
    nonce: { type: 'string', default: Date.now().toString(36) },
    only: { type: 'string' },
    parallel: { type: 'string', default: '4' },
    'tls-ca': { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
  },
});

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
});
const read = (path: string | undefined) => (path ? readFileSync(path) : undefined);
const tls = flags['tls-ca']
  ? { ca: read(flags['tls-ca']), cert: read(flags['tls-cert']), key: read(flags['tls-key']) }
  : undefined;
const world = await openWorld(flags.address, flags.nonce, tls);
const chosen = scenarios.filter(({ name }) => !flags.only || flags.only.split(',').includes(name));
await Promise.all(Array.from({ length: Number(flags.parallel) }, () => runInTurn(world, chosen)));
await world.close();

async function runInTurn(world: World, queue: Scenario[]): Promise<void> {
  for (let scenario = queue.shift(); scenario; scenario = queue.shift()) await report(world, scenario);
}

async function report(world: World, { name, run }: Scenario): Promise<void> {
  const at = world.at(name);
  const timeout = AbortSignal.timeout(90_000);
  const late = new Promise<never>((_, reject) =>
    timeout.addEventListener('abort', () => reject(new Error('not done after 90 s'))),
  );
  const error = await Promise.race([run(at), late]).then(
    () => undefined,
    (reason: unknown) => (reason instanceof Error ? (reason.stack ?? String(reason)) : String(reason)),
  );
  console.log(
    JSON.stringify({
      scenario: name,
      ok: error === undefined,
      error,
      executions: at.executions,
      runs: at.runs,
      observed: at.observed,
    }),
  );
}
