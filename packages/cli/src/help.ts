/** Help texts, made of the table. */
import type { Command } from './command.js';
import type { Flag, FlagTable } from './flag.js';
import type { Commands } from './parse.js';

/** Help of one command, of a group (`workflow`), or, for '', of all. */
export function helpText(commands: Commands, path: string): string {
  const command = commands[path];
  return command === undefined ? groupHelp(commands, path) : commandHelp(path, command);
}

function groupHelp(commands: Commands, group: string): string {
  const rows = Object.entries(commands).filter(([path]) => group === '' || path.startsWith(`${group} `));
  const title = group === '' ? 'perdure: durable execution' : `perdure ${group}`;
  const list = columns(rows.map(([path, { summary }]) => [path, summary]));
  return `${title}\n\nCommands\n${list}\n\nMore on one of them: perdure COMMAND --help\n`;
}

function commandHelp(path: string, { summary, details, flags, example }: Command): string {
  const parts = [
    `perdure ${path}: ${summary}`,
    ...(details === undefined ? [] : [wrap(details, 100).join('\n')]),
    `Flags\n${columns(flagRows(flags))}`,
    `Example\n  ${example.replaceAll('\n', '\n  ')}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function flagRows(flags: FlagTable): [string, string][] {
  return Object.entries(flags).map(([name, flag]) => {
    const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
    const value = flag.placeholder === undefined ? '' : ` ${flag.placeholder}`;
    return [`${short}--${name}${value}`, `${flag.help}${notes(flag)}`];
  });
}

function notes({ isRequired, isRepeatable, fallback, env }: Flag<unknown>): string {
  const facts = [
    ...(isRequired ? ['required'] : []),
    ...(isRepeatable ? ['repeatable'] : []),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
    ...(env === undefined ? [] : [`or ${env}`]),
  ];
  return facts.length === 0 ? '' : ` (${facts.join(', ')})`;
}

const LEFT_CHARS_MAX = 36;
const RIGHT_CHARS = 80;

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(LEFT_CHARS_MAX, Math.max(...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, right]) => line(left, wrap(right, RIGHT_CHARS), width)).join('\n');
}

function line(left: string, [first = '', ...more]: readonly string[], width: number): string[] {
  const indent = ' '.repeat(width + 4);
  const head = left.length > width ? [`  ${left}`, `${indent}${first}`] : [`  ${left.padEnd(width)}  ${first}`];
  return [...head, ...more.map((rest) => indent + rest)];
}

function wrap(text: string, chars: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > chars) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
