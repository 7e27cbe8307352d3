/** `npm run sim -- --mutants`: each planted bug must be caught within 200 seeds, else the simulator proves nothing. */
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import type { SimArguments } from '../command-line.js';
import { optionsOf } from '../options.js';
import { runSimulation } from '../simulation.js';
import { MUTANTS } from './list.js';
import { cleanUp, mutantProblem, plant } from './plant.js';

const SEEDS_MAX = 200;
/** A world that does not end in this time hangs, which is a way of being caught. */
const HANG_MS = 120_000;

interface Verdict {
  readonly number: number;
  readonly seed: number | undefined;
  readonly check: string;
  readonly message: string;
}

interface Task {
  readonly number: number;
  readonly firstSeed: number;
}

export async function runMutants(args: SimArguments): Promise<number> {
  const numbers = MUTANTS.map((_, number) => number).filter(
    (number) => MUTANTS[number]?.name.includes(args.only) === true,
  );
  const problems = MUTANTS.flatMap((mutant) => mutantProblem(mutant) ?? []);
  if (problems.length > 0) {
    console.log(`${problems.join('\n')}\n0 passed, ${problems.length} failed`);
    return 1;
  }
  const waiting = [...numbers];
  const verdicts: Verdict[] = [];
  const work = async (): Promise<void> => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      const verdict = await tryMutant({ number, firstSeed: args.seed });
      verdicts.push(verdict);
      print(verdict);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, args.processes) }, work));
  cleanUp();
  const missed = verdicts.filter(({ seed }) => seed === undefined);
  const laws = new Set(MUTANTS.map(({ law }) => law));
  console.log(
    `\n${numbers.length} mutants, laws ${[...laws].sort((a, b) => a - b).join(' ')}; missed: ${missed.map(({ number }) => `"${MUTANTS[number]?.name ?? ''}"`).join(', ') || 'none'}`,
  );
  console.log(`${verdicts.length - missed.length} passed, ${missed.length} failed`);
  return missed.length === 0 ? 0 : 1;
}

function print({ number, seed, check, message }: Verdict): void {
  const mutant = MUTANTS[number];
  const outcome = seed === undefined ? 'NOT CAUGHT' : `caught at seed ${seed} by ${check}`;
  console.log(
    `law ${String(mutant?.law ?? 0).padStart(2)}  ${(mutant?.name ?? '').padEnd(72)} ${outcome}  ${message.slice(0, 90).replaceAll('\n', ' ')}`,
  );
}

/** In a thread of its own: a bug may hang. */
function tryMutant(task: Task): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url));
    let seed = task.firstSeed;
    const end = (verdict: Verdict): void => {
      clearTimeout(timer);
      void worker.terminate().then(() => resolve(verdict));
    };
    const hang = (): void => end({ number: task.number, seed, check: 'hang', message: `no end after ${HANG_MS} ms` });
    let timer = setTimeout(hang, HANG_MS);
    worker.on('message', (message: Verdict | { readonly began: number }) => {
      if (!('began' in message)) return end(message);
      seed = message.began;
      clearTimeout(timer);
      timer = setTimeout(hang, HANG_MS);
    });
    worker.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    worker.postMessage(task);
  });
}

async function runTask({ number, firstSeed }: Task, tell: (message: object) => void): Promise<void> {
  const mutant = MUTANTS[number];
  if (mutant === undefined) throw new Error(`there is no mutant ${number}`);
  const modules = await plant(mutant, number);
  for (let seed = firstSeed; seed < firstSeed + SEEDS_MAX; seed += 1) {
    tell({ began: seed });
    const options = optionsOf(seed);
    const { failure, hash } = runSimulation(options, modules);
    if (failure !== undefined) return tell({ number, seed, check: failure.check, message: failure.message });
    if (seed % 5 === 0 && runSimulation(options, modules).hash !== hash)
      return tell({ number, seed, check: 'determinism', message: 'two runs of the seed differ' });
  }
  tell({ number, seed: undefined, check: '', message: '' });
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  port.once('message', (task: Task) => void runTask(task, (message) => port.postMessage(message)));
}
