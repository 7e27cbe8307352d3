/** The kinds of flags: how each is written, and the typed value a command gets of it. */
import { UsageError } from './exit-code.js';

export interface Flag<T> {
  readonly help: string;
  /** One letter: `-n`. */
  readonly short?: string | undefined;
  /** What stands for the value in help texts. Undefined: a switch, written without a value. */
  readonly placeholder: string | undefined;
  readonly isRepeatable: boolean;
  readonly isRequired: boolean;
  /** Shown in help texts; `read` applies it. */
  readonly fallback?: string | undefined;
  /** Environment variable that stands in when the flag is absent. */
  readonly env?: string | undefined;
  /** `given` is empty when the flag is absent. Throws UsageError for a value that will not do; `name` is for its message. */
  read(name: string, given: readonly string[]): T;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;
export type ValuesOf<F extends FlagTable> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

interface Look {
  readonly short?: string;
  readonly placeholder?: string;
  readonly env?: string;
}

function flag<T>(help: string, look: Look, read: Flag<T>['read'], more: Partial<Flag<T>> = {}): Flag<T> {
  return { help, placeholder: 'TEXT', isRepeatable: false, isRequired: false, ...look, ...more, read };
}

/** `given` never has more than one value here: the parser takes the last one of a flag that is not repeatable. */
export function text(help: string, look: Look = {}): Flag<string | undefined> {
  return flag(help, look, (_name, [value]) => value);
}

export function textOr(fallback: string, help: string, look: Look = {}): Flag<string> {
  return flag(help, look, (_name, [value]) => value ?? fallback, { fallback });
}

export function requiredText(help: string, look: Look = {}): Flag<string> {
  return flag(help, look, (_name, [value]) => value ?? '', { isRequired: true });
}

export function texts(help: string, look: Look = {}): Flag<readonly string[]> {
  return flag(help, look, (_name, given) => given, { isRepeatable: true });
}

/** `--name` or, as scripts write it, `--name=false`. */
export function toggle(help: string, look: { readonly short?: string } = {}): Flag<boolean> {
  const read = (name: string, [value]: readonly string[]): boolean => {
    if (value === undefined || value === 'false') return false;
    if (value === 'true') return true;
    throw new UsageError(
      `--${name} is a switch and takes no value, not "${value}".`,
      `Write --${name}, or leave it out.`,
    );
  };
  return flag(help, look, read, { placeholder: undefined });
}

export function port(help: string, look: Look = {}): Flag<number | undefined> {
  return flag(help, { placeholder: 'PORT', ...look }, (name, [value]) =>
    value === undefined ? undefined : readPort(name, value),
  );
}

export function portOr(fallback: number, help: string, look: Look = {}): Flag<number> {
  const read = (name: string, [value]: readonly string[]): number =>
    value === undefined ? fallback : readPort(name, value);
  return flag(help, { placeholder: 'PORT', ...look }, read, { fallback: String(fallback) });
}

function readPort(name: string, value: string): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number <= 65_535) return number;
  throw new UsageError(`--${name} must be a port from 0 to 65535, not "${value}".`, '0 takes a free one.');
}

export function count(help: string, look: Look = {}): Flag<number | undefined> {
  return flag(help, { placeholder: 'N', ...look }, (name, [value]) => {
    if (value === undefined) return undefined;
    if (/^\d+$/.test(value) && Number(value) > 0) return Number(value);
    throw new UsageError(`--${name} must be a whole number above 0, not "${value}".`);
  });
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1h30m`, `2.5s`, `250ms`, `3d`, `0`: milliseconds; undefined when it is none of these. */
export function parseDurationMs(value: string): number | undefined {
  if (value === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(value)) return undefined;
  let sumMs = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    sumMs += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  return sumMs;
}

/** In milliseconds. */
export function duration(help: string, look: Look = {}): Flag<number | undefined> {
  return flag(help, { placeholder: 'DURATION', ...look }, (name, [value]) => {
    if (value === undefined) return undefined;
    const durationMs = parseDurationMs(value);
    if (durationMs !== undefined) return durationMs;
    throw new UsageError(`--${name} must be a duration, not "${value}".`, 'Examples: 250ms, 10s, 1h30m, 3d.');
  });
}

export function choice<const C extends string>(
  choices: readonly C[],
  fallback: C,
  help: string,
  look: Look = {},
): Flag<C> {
  const placeholder = choices.join('|');
  return flag(
    help,
    { placeholder, ...look },
    (name, [value]) => {
      if (value === undefined) return fallback;
      const chosen = choices.find((each) => each === value.toLowerCase());
      if (chosen !== undefined) return chosen;
      throw new UsageError(`--${name} must be one of ${choices.join(', ')}, not "${value}".`);
    },
    { fallback },
  );
}

/** Repeatable `key=value`; of a key given twice the last one counts. */
export function pairs(help: string, look: Look = {}): Flag<ReadonlyMap<string, string>> {
  return flag(
    help,
    { placeholder: 'KEY=VALUE', ...look },
    (name, given) => new Map(given.map((pair) => splitPair(name, pair))),
    { isRepeatable: true },
  );
}

function splitPair(name: string, pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
  throw new UsageError(`--${name} must be written KEY=VALUE, not "${pair}".`);
}
