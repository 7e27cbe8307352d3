/** `npm run sim -- --seeds N [--seed K]`. */
import { optionsOf } from './options.js';
import { REAL_MODULES } from './modules.js';
import { runSimulation } from './simulation.js';

const first = Number(process.argv[2] ?? 1);
const count = Number(process.argv[3] ?? 1);
const started = performance.now();
let failed = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const result = runSimulation(optionsOf(seed), REAL_MODULES, process.env['ECHO'] !== undefined, process.env['ECHO'] ? console.log : undefined);
  if (result.failure) {
    failed += 1;
    console.log(seed, result.failure.check, result.failure.message.slice(0, 600));
  }
}
console.log(failed, 'failed', ((performance.now() - started) / count).toFixed(1), 'ms/seed');
