/** The arguments of `npm run sim`. */
import { FAULT_KINDS } from './options.js';
import type { FaultKind } from './options.js';

export interface SimArguments {
  /** First seed. */
  readonly seed: number;
  readonly seeds: number;
  readonly processes: number;
  readonly executions: number | undefined;
  readonly without: readonly FaultKind[];
  /** Prints everything that happens; for one seed. */
  readonly trace: boolean;
  readonly mutants: boolean;
  /** Only mutants whose name contains this. */
  readonly only: string;
}

export const USAGE = `npm run sim -- [--seeds N] [--seed K] [--processes P]
  --seeds N        how many seeds; 1 when only --seed is given, else 200
  --seed K         the first seed; default 1
  --processes P    threads to use; default: all cores
  --executions N   fewer workflows than the seed would have
  --without A,B    without these kinds of fault: ${FAULT_KINDS.join(' ')}
  --trace          print all that happens
  --mutants        plant bugs and see that each is caught; --only TEXT picks some by name`;

export function parseArguments(words: readonly string[], cores: number): SimArguments | { readonly problem: string } {
  const flags = new Map<string, string>();
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('--')) return { problem: `what is "${word}"?` };
    const [name = '', given] = word.slice(2).split('=');
    if (!NAMES.has(name)) return { problem: `unknown flag --${name}` };
    if (SWITCHES.has(name)) flags.set(name, '');
    else flags.set(name, given ?? words[(index += 1)] ?? '');
  }
  const without = (flags.get('without') ?? '').split(',').filter((kind) => kind !== '');
  const unknown = without.find((kind) => !FAULT_KINDS.includes(kind as FaultKind));
  if (unknown !== undefined) return { problem: `unknown kind of fault "${unknown}"` };
  for (const name of ['seed', 'seeds', 'processes', 'executions']) {
    const value = flags.get(name);
    if (value !== undefined && !/^\d+$/.test(value)) return { problem: `--${name} wants a number, not "${value}"` };
  }
  return {
    seed: Number(flags.get('seed') ?? 1),
    seeds: Number(flags.get('seeds') ?? (flags.has('seed') ? 1 : 200)),
    processes: Number(flags.get('processes') ?? cores),
    executions: flags.has('executions') ? Number(flags.get('executions')) : undefined,
    without: without as FaultKind[],
    trace: flags.has('trace'),
    mutants: flags.has('mutants'),
    only: flags.get('only') ?? '',
  };
}

const SWITCHES: ReadonlySet<string> = new Set(['trace', 'mutants']);
const NAMES: ReadonlySet<string> = new Set([
  ...SWITCHES,
  'seed',
  'seeds',
  'processes',
  'executions',
  'without',
  'only',
]);
