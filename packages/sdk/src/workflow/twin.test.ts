/**
 * Our runtime beside the official one: the same random programs, the same activations, and after each of them the same
 * commands in the same order, and the same trace of what the code saw. So every call takes the same number of microtasks.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { bundleWorkflows } from './testing/realm-host.js';
import { FakeServer } from './testing/twin/fake-server.js';
import { bundleOfficial, isInstalled, OfficialSide } from './testing/twin/official-side.js';
import { OurSide } from './testing/twin/our-side.js';
import { Dice, randomProgram } from './testing/twin/random-program.js';

const PROGRAM = join(import.meta.dirname, 'testing/twin/program.js');
const SEEDS = Number(process.env['TWIN_SEEDS'] ?? 40);
const FIRST = Number(process.env['TWIN_FIRST'] ?? 1);

describe('beside the official runtime', { skip: isInstalled ? false : 'conformance has not installed it' }, () => {
  for (const mode of ['live', 'old'] as const)
    it(`does the same in ${SEEDS} random programs, ${mode}`, async () => {
      const [ours, official] = await Promise.all([bundleWorkflows({ path: PROGRAM }), bundleOfficial(PROGRAM)]);
      for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
        const dice = new Dice(seed);
        const program = randomProgram(dice);
        const server = new FakeServer(dice, mode);
        const [a, b] = [new OurSide(ours), new OfficialSide(official)];
        let activation = server.first(program);
        for (let i = 1; ; i += 1) {
          const [mine, theirs] = [await a.activate(activation), await b.activate(activation)];
          const what = (): string =>
            `seed ${seed} ${mode}, activation ${i}: ${JSON.stringify(activation.jobs.map(describeJob))}\n${JSON.stringify(program)}`;
          if (mine.commands[0]?.startsWith('failed:') && theirs.commands[0]?.startsWith('failed:')) break;
          assert.deepEqual(mine.trace, theirs.trace, what());
          assert.deepEqual(
            server.withoutIdleCancels(mine.commands),
            server.withoutIdleCancels(theirs.commands),
            what(),
          );
          server.take(mine.commands);
          const next = server.next();
          if (next === undefined) break;
          activation = next;
        }
      }
    });
});

function describeJob(job: object): string {
  const { kind, seq, signalName, updateName } = job as {
    kind: string;
    seq?: number;
    signalName?: string;
    updateName?: string;
  };
  return `${kind} ${seq ?? signalName ?? updateName ?? ''}`;
}
