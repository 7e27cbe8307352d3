/** The parser's place in the tokens: looking, stepping, counting, and the first refusal. */
import type { Token } from './lexer.js';
import type { FilterRefusal } from './refusal.js';

/**
 * Conditions and literals of one query: bounds the parameters of the SQL (SQLite takes 32,766) and the time of a scan.
 */
export const QUERY_TERMS_MAX = 10_000;

/** Where a parse stands. */
export interface TokenCursor {
  readonly tokens: readonly Token[];
  index: number;
  depth: number;
  terms: number;
  /** The first refusal; it ends the parse. */
  refusal: FilterRefusal | undefined;
}

/** Steps over the token when it is this unquoted word, in any case. */
export function takeWord(cursor: TokenCursor, word: string): boolean {
  if (!atWord(cursor, word)) return false;
  cursor.index += 1;
  return true;
}

export function takeSymbol(cursor: TokenCursor, symbol: string): boolean {
  if (!atSymbol(cursor, symbol)) return false;
  cursor.index += 1;
  return true;
}

export function peek(cursor: TokenCursor): Token {
  return cursor.tokens[cursor.index] ?? { kind: 'end', position: 1 };
}

export function fail(cursor: TokenCursor, refusal: FilterRefusal): undefined {
  cursor.refusal ??= refusal;
  return undefined;
}

export function failSyntax(cursor: TokenCursor, expected: string): undefined {
  return fail(cursor, syntaxError(cursor, expected));
}

export function expectWord(cursor: TokenCursor, word: string): boolean {
  if (takeWord(cursor, word)) return true;
  failSyntax(cursor, word);
  return false;
}

export function countTerm(cursor: TokenCursor): boolean {
  cursor.terms += 1;
  if (cursor.terms <= QUERY_TERMS_MAX) return true;
  fail(cursor, { kind: 'tooComplex', what: 'conditions and values', max: QUERY_TERMS_MAX });
  return false;
}

export function atWord(cursor: TokenCursor, word: string): boolean {
  const token = peek(cursor);
  return token.kind === 'name' && !token.isQuoted && token.text.toUpperCase() === word;
}

export function atSymbol(cursor: TokenCursor, symbol: string): boolean {
  return symbolAt(cursor) === symbol;
}

export function symbolAt(cursor: TokenCursor): string | undefined {
  const token = peek(cursor);
  return token.kind === 'symbol' ? token.text : undefined;
}

export function syntaxError(cursor: TokenCursor, expected: string): FilterRefusal {
  const token = peek(cursor);
  const found = token.kind === 'end' ? 'the end of the query' : `'${token.text}'`;
  return { kind: 'syntax', position: token.position, found, expected };
}
