/** What a command is: a row of the table in `spec.ts`. */
import type { Flag, FlagTable, ValuesOf } from './flag.js';

/** Where a command runs: how it speaks, and what it is told besides its flags. */
export interface Surroundings {
  /** Writes to stdout, as is. */
  readonly out: (text: string) => void;
  /** Writes to stderr, as is. */
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
}

/** A command as its module exports it. Throws CommandFailure. */
export type Run<F extends FlagTable> = (around: Surroundings, flags: ValuesOf<F>) => Promise<void>;

interface Row<F extends FlagTable> {
  /** One line, without a full stop. */
  readonly summary: string;
  readonly details?: string;
  readonly flags: F;
  /** The flag whose value may stand alone, without the flag's name. */
  readonly bareFlag?: keyof F & string;
  readonly example: string;
  /** Loads the module of the command, so that no command pays for another. */
  readonly load: () => Promise<{ readonly run: Run<F> }>;
}

export interface Command {
  readonly summary: string;
  readonly details?: string;
  readonly flags: FlagTable;
  readonly bareFlag?: string;
  readonly example: string;
  /** `given`: values by flag name, see Flag.read. */
  readonly start: (around: Surroundings, given: ReadonlyMap<string, readonly string[]>) => Promise<void>;
}

export function command<F extends FlagTable>(row: Row<F>): Command {
  return {
    ...row,
    start: async (around, given) => {
      const flags = readFlags(row.flags, given);
      const { run } = await row.load();
      await run(around, flags);
    },
  };
}

function readFlags<F extends FlagTable>(flags: F, given: ReadonlyMap<string, readonly string[]>): ValuesOf<F> {
  const entries = Object.entries<Flag<unknown>>(flags).map(([name, flag]) => [
    name,
    flag.read(name, given.get(name) ?? []),
  ]);
  return Object.fromEntries(entries) as ValuesOf<F>;
}
