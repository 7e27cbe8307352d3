/** A smaller world in which the same check fails: fewer kinds of fault, fewer executions. */
import type { Modules } from './modules.js';
import { optionsOf } from './options.js';
import type { FaultKind, Overrides } from './options.js';
import { runSimulation } from './simulation.js';

export function shrink(seed: number, check: string, modules: Modules, from: Overrides): Overrides {
  const fails = (overrides: Overrides): boolean =>
    runSimulation(optionsOf(seed, overrides), modules).failure?.check === check;
  let best = from;
  for (const kind of optionsOf(seed, from).faults) {
    const smaller = { ...best, without: [...(best.without ?? []), kind] };
    if (fails(smaller)) best = smaller;
  }
  for (
    let executions = Math.floor(optionsOf(seed, best).executions / 2);
    executions >= 1;
    executions = Math.floor(executions / 2)
  ) {
    const smaller = { ...best, executions };
    if (!fails(smaller)) break;
    best = smaller;
  }
  return best;
}

export function commandOf(seed: number, { executions, without = [] }: Overrides): string {
  const parts = [`npm run sim -- --seed ${seed}`];
  if (executions !== undefined) parts.push(`--executions ${executions}`);
  if (without.length > 0) parts.push(`--without ${without.join(',')}`);
  return parts.join(' ');
}

/** Kinds of fault that are left after shrinking. */
export function faultsLeft(seed: number, overrides: Overrides): FaultKind[] {
  return [...optionsOf(seed, overrides).faults];
}
