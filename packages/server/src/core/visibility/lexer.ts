/** Text of a list filter → tokens. Keywords are not told from names here: only back-quotes count, the parser knows. */
import { accept, refuse } from './refusal.js';
import type { Outcome } from './refusal.js';

/** Position counts characters from 1. */
export type Token =
  /** `text` without back-quotes; a quoted name is never a keyword. */
  | { readonly kind: 'name'; readonly text: string; readonly isQuoted: boolean; readonly position: number }
  /** `text` with escapes resolved. */
  | { readonly kind: 'string'; readonly text: string; readonly position: number }
  /** Unsigned; as written, so that 64-bit nanoseconds lose nothing. */
  | { readonly kind: 'number'; readonly text: string; readonly position: number }
  /** Digits with units, such as 1h30m: only after NOW(). */
  | { readonly kind: 'duration'; readonly text: string; readonly position: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly position: number }
  | { readonly kind: 'end'; readonly position: number };

export function tokenize(text: string): Outcome<readonly Token[]> {
  const tokens: Token[] = [];
  let offset = skipSpace(text, 0);
  while (offset < text.length) {
    const read = readToken(text, offset);
    if (!read.ok) return read;
    tokens.push(read.value.token);
    offset = skipSpace(text, read.value.end);
  }
  tokens.push({ kind: 'end', position: text.length + 1 });
  return accept(tokens);
}

interface Read {
  readonly token: Token;
  readonly end: number;
}

const SPACE = /\s*/y;
// Letters beyond ASCII count as name characters: attribute names are not limited to English.
const NAME = /[\p{L}_@][\p{L}\p{N}_@$.]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\d])/uy;
const DURATION = /\d[\p{L}\d]*/uy;
const SYMBOL = /<=|>=|!=|<>|&&|\|\||[=<>(),+\-!]/y;

function readToken(text: string, offset: number): Outcome<Read> {
  const position = offset + 1;
  const first = text[offset];
  if (first === "'" || first === '"') return readString(text, offset, first);
  if (first === '`') return readQuotedName(text, offset);

  const number = matchAt(NUMBER, text, offset);
  if (number !== undefined) return found({ kind: 'number', text: number, position }, offset + number.length);
  const duration = matchAt(DURATION, text, offset);
  if (duration !== undefined) return found({ kind: 'duration', text: duration, position }, offset + duration.length);
  const name = matchAt(NAME, text, offset);
  if (name !== undefined) {
    return found({ kind: 'name', text: name, isQuoted: false, position }, offset + name.length);
  }
  const symbol = matchAt(SYMBOL, text, offset);
  if (symbol !== undefined) return found({ kind: 'symbol', text: symbol, position }, offset + symbol.length);
  return refuse({
    kind: 'syntax',
    position,
    found: `'${String.fromCodePoint(text.codePointAt(offset) ?? 0)}'`,
    expected: 'a name, a value, an operator or a parenthesis',
  });
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', 0: '\0', Z: '\u001a' };

/**
 * Two ways to write a quote inside: doubled, or after a backslash. Other characters after a backslash stand for
 * themselves.
 */
function readString(text: string, start: number, quote: string): Outcome<Read> {
  let value = '';
  let offset = start + 1;
  while (offset < text.length) {
    const character = text[offset] ?? '';
    const next = text[offset + 1];
    if (character === '\\' && next !== undefined) {
      value += ESCAPES[next] ?? next;
      offset += 2;
    } else if (character === quote && next === quote) {
      value += quote;
      offset += 2;
    } else if (character === quote) {
      if (!value.includes('\0')) return found({ kind: 'string', text: value, position: start + 1 }, offset + 1);
      // PostgreSQL has no such text, and SQLite's functions end at the character: no database could answer it rightly.
      return refuse({
        kind: 'syntax',
        position: start + 1,
        found: 'a string',
        expected: 'a text without NUL characters',
      });
    } else {
      value += character;
      offset += 1;
    }
  }
  return refuse({ kind: 'syntax', position: start + 1, found: quote, expected: `a closing ${quote}` });
}

function readQuotedName(text: string, start: number): Outcome<Read> {
  const end = text.indexOf('`', start + 1);
  if (end <= start + 1) {
    return refuse({ kind: 'syntax', position: start + 1, found: '`', expected: 'a name and a closing `' });
  }
  return found({ kind: 'name', text: text.slice(start + 1, end), isQuoted: true, position: start + 1 }, end + 1);
}

function skipSpace(text: string, offset: number): number {
  return offset + (matchAt(SPACE, text, offset)?.length ?? 0);
}

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

function found(token: Token, end: number): Outcome<Read> {
  return accept({ token, end });
}
