/** From the arguments to a command and its flags. */
import type { Command } from './command.js';
import { UsageError } from './exit-code.js';
import type { Flag, FlagTable } from './flag.js';
import { nearest } from './suggest.js';

export type Commands = Readonly<Record<string, Command>>;

export type Parsed =
  /** `path` is the command or group asked about; '' is the whole. */
  | { readonly kind: 'help'; readonly path: string }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'run';
      readonly path: string;
      readonly command: Command;
      readonly given: ReadonlyMap<string, readonly string[]>;
    };

/** Throws UsageError. `globals`: flags that may also stand before the command. */
export function parse(
  commands: Commands,
  globals: FlagTable,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Parsed {
  const { words, rest } = splitCommand(commands, globals, args);
  const path = words.join(' ');
  if (words[0] === 'help')
    return {
      kind: 'help',
      path: knownPath(
        commands,
        rest.filter((each) => !each.startsWith('-')),
      ),
    };
  if (words.length === 0 && ['version', '--version', '-v'].includes(rest[0] ?? '')) return { kind: 'version' };
  const command = commands[path];
  if (rest.some((arg) => arg === '--help' || arg === '-h')) return { kind: 'help', path };
  if (command === undefined) {
    const word = rest.find((arg) => !arg.startsWith('-'));
    if (word === undefined && rest.length === 0) return { kind: 'help', path };
    throw unknownCommand(commands, words, word ?? rest[0] ?? '');
  }
  return { kind: 'run', path, command, given: parseFlags(path, command, rest, env) };
}

/** The longest run of leading words that names a command or group; flags before and between them stay flags. */
function splitCommand(
  commands: Commands,
  globals: FlagTable,
  args: readonly string[],
): { words: string[]; rest: string[] } {
  const paths = [...Object.keys(commands), 'help'];
  const words: string[] = [];
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg.startsWith('-') && commands[words.join(' ')] === undefined) {
      rest.push(arg);
      const takesValue = findFlag(globals, arg)?.flag.placeholder !== undefined && !arg.includes('=');
      if (takesValue && index + 1 < args.length) rest.push(args[(index += 1)] ?? '');
      continue;
    }
    const path = [...words, arg].join(' ');
    if (!paths.some((known) => known === path || known.startsWith(`${path} `)))
      return { words, rest: [...rest, ...args.slice(index)] };
    words.push(arg);
  }
  return { words, rest };
}

function knownPath(commands: Commands, words: readonly string[]): string {
  const path = words.join(' ');
  const isKnown = path === '' || Object.keys(commands).some((known) => known === path || known.startsWith(`${path} `));
  if (isKnown) return path;
  throw unknownCommand(commands, words.slice(0, -1), words.at(-1) ?? '');
}

function unknownCommand(commands: Commands, words: readonly string[], word: string): UsageError {
  if (word.startsWith('-'))
    return new UsageError(`${word} stands where a command is expected.`, 'List them: perdure --help');
  const depth = words.length;
  const inGroup = Object.keys(commands)
    .map((path) => path.split(' '))
    .filter((path) => words.every((each, at) => path[at] === each));
  const candidates = [...new Set(inGroup.map((path) => path[depth] ?? ''))].filter((each) => each !== '');
  const meant = nearest(word, candidates);
  const name = ['perdure', ...words].join(' ');
  const advice = meant === undefined ? `List the commands: ${name} --help` : `Did you mean: ${name} ${meant}`;
  return new UsageError(`There is no command "${[...words, word].join(' ')}".`, advice);
}

function parseFlags(
  path: string,
  { flags, bareFlag }: Command,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Map<string, readonly string[]> {
  const given = new Map<string, string[]>();
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (!arg.startsWith('-') || arg === '-') {
      if (bareFlag === undefined || given.has(bareFlag)) throw unexpected(path, flags, arg);
      given.set(bareFlag, [arg]);
      continue;
    }
    const found = findFlag(flags, arg);
    if (found === undefined) throw unknownFlag(path, flags, arg);
    let { value } = found;
    if (value === undefined && found.flag.placeholder !== undefined) {
      index += 1;
      value = args[index];
      if (value === undefined)
        throw new UsageError(`${arg} needs a value: ${arg} ${found.flag.placeholder}.`, `More: perdure ${path} --help`);
    }
    const values = found.flag.isRepeatable ? (given.get(found.name) ?? []) : [];
    given.set(found.name, [...values, value ?? 'true']);
  }
  for (const [name, flag] of Object.entries(flags)) complete(path, name, flag, given, env);
  return given;
}

function complete(
  path: string,
  name: string,
  flag: Flag<unknown>,
  given: Map<string, string[]>,
  env: Readonly<Record<string, string | undefined>>,
): void {
  if (given.has(name)) return;
  const value = flag.env === undefined ? undefined : env[flag.env];
  if (value !== undefined && value !== '') given.set(name, [value]);
  else if (flag.isRequired) {
    const short = flag.short === undefined ? '' : ` (-${flag.short})`;
    throw new UsageError(`--${name}${short} is missing: ${flag.help}.`, `More: perdure ${path} --help`);
  }
}

/** `--name`, `--name=value`, `-n`, `-nvalue`, `-n=value`. */
function findFlag(
  flags: FlagTable,
  arg: string,
): { name: string; flag: Flag<unknown>; value: string | undefined } | undefined {
  if (arg.startsWith('--')) {
    const at = arg.indexOf('=');
    const name = at < 0 ? arg.slice(2) : arg.slice(2, at);
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    return flag === undefined ? undefined : { name, flag, value: at < 0 ? undefined : arg.slice(at + 1) };
  }
  const entry = Object.entries(flags).find(([, { short }]) => short !== undefined && short === arg[1]);
  if (entry === undefined) return undefined;
  const [name, flag] = entry;
  return { name, flag, value: arg.length === 2 ? undefined : arg.slice(arg[2] === '=' ? 3 : 2) };
}

function unknownFlag(path: string, flags: FlagTable, arg: string): UsageError {
  const name = arg.replace(/^-+/, '').replace(/=.*$/s, '');
  const meant = nearest(name, Object.keys(flags));
  const advice = meant === undefined ? `List the flags: perdure ${path} --help` : `Did you mean: --${meant}`;
  return new UsageError(`perdure ${path} has no flag ${arg.replace(/=.*$/s, '')}.`, advice);
}

function unexpected(path: string, flags: FlagTable, arg: string): UsageError {
  const takesId = Object.hasOwn(flags, 'workflow-id');
  const advice = takesId ? `Did you mean: --workflow-id ${arg}` : `List the flags: perdure ${path} --help`;
  return new UsageError(`perdure ${path} takes flags only, not "${arg}".`, advice);
}
