/**
 * Tokens → tree. The grammar is the WHERE part of SQL, lowest precedence first:
 *
 *   query     = [ or ] { GROUP BY name | ORDER BY name [ASC|DESC] {, …} }
 *   or        = and { OR and }            and = not { AND not }            not = [NOT] not | ( or ) | condition
 *   condition = name ( = != <> < <= > >= literal | [NOT] IN ( literal {, …} ) | [NOT] BETWEEN literal AND literal
 *             | [NOT] STARTS_WITH literal | IS [NOT] NULL )
 *
 * Each function returns undefined after it has set `parser.refusal`: the first refusal wins and ends the parse.
 */
import { tokenize } from './lexer.js';
import { parseLiteral } from './parse-literal.js';
import { accept, refuse } from './refusal.js';
import type { Outcome } from './refusal.js';
import type { CompareOperator, Condition, Literal, Name, QueryTree } from './syntax-tree.js';
import {
  atSymbol,
  atWord,
  countTerm,
  expectWord,
  fail,
  failSyntax,
  peek,
  symbolAt,
  syntaxError,
  takeSymbol,
  takeWord,
} from './token-cursor.js';
import type { TokenCursor } from './token-cursor.js';

/** Nested parentheses and NOTs. SQL parsers have stacks of about 100 places, and a level takes up to two. */
export const CONDITION_DEPTH_MAX = 40;
/** A page's place compares each key inside the comparison of the one before it. */
export const ORDER_KEYS_MAX = 10;

export function parseQuery(text: string): Outcome<QueryTree> {
  const tokens = tokenize(text);
  if (!tokens.ok) return tokens;
  const parser: TokenCursor = { tokens: tokens.value, index: 0, depth: 0, terms: 0, refusal: undefined };
  const tree = readQuery(parser);
  if (tree !== undefined) return accept(tree);
  return refuse(parser.refusal ?? syntaxError(parser, 'a condition'));
}

function readQuery(parser: TokenCursor): QueryTree | undefined {
  let condition: Condition | undefined;
  if (peek(parser).kind !== 'end' && !atWord(parser, 'GROUP') && !atWord(parser, 'ORDER') && !atWord(parser, 'LIMIT')) {
    condition = readOr(parser);
    if (condition === undefined) return undefined;
  }
  let groupBy: Name | undefined;
  let orderBy: QueryTree['orderBy'] = [];
  while (peek(parser).kind !== 'end') {
    if (groupBy === undefined && takeWord(parser, 'GROUP')) {
      groupBy = readGroupBy(parser);
      if (groupBy === undefined) return undefined;
    } else if (orderBy.length === 0 && takeWord(parser, 'ORDER')) {
      const keys = readOrderBy(parser);
      if (keys === undefined) return undefined;
      orderBy = keys;
    } else if (atWord(parser, 'LIMIT')) {
      return fail(parser, { kind: 'unsupportedClause', clause: "'LIMIT' clause", advice: 'use the page size' });
    } else {
      return failSyntax(parser, 'AND, OR, GROUP BY, ORDER BY or the end of the query');
    }
  }
  return { condition, groupBy, orderBy };
}

function readGroupBy(parser: TokenCursor): Name | undefined {
  if (!expectWord(parser, 'BY')) return undefined;
  const name = readName(parser);
  if (name === undefined) return undefined;
  if (!atSymbol(parser, ',')) return name;
  return fail(parser, {
    kind: 'unsupportedClause',
    clause: "'GROUP BY' clause supports only a single field",
    advice: 'count once per field',
  });
}

function readOrderBy(parser: TokenCursor): QueryTree['orderBy'] | undefined {
  if (!expectWord(parser, 'BY')) return undefined;
  const keys: { name: Name; isDescending: boolean }[] = [];
  do {
    const name = readName(parser);
    if (name === undefined) return undefined;
    const isDescending = takeWord(parser, 'DESC');
    if (!isDescending) takeWord(parser, 'ASC');
    keys.push({ name, isDescending });
    if (keys.length > ORDER_KEYS_MAX) {
      return fail(parser, { kind: 'tooComplex', what: 'ORDER BY keys', max: ORDER_KEYS_MAX });
    }
  } while (takeSymbol(parser, ','));
  return keys;
}

function readOr(parser: TokenCursor): Condition | undefined {
  const terms: Condition[] = [];
  do {
    const term = readAnd(parser);
    if (term === undefined) return undefined;
    terms.push(term);
  } while (takeWord(parser, 'OR') || takeSymbol(parser, '||'));
  return terms.length === 1 ? terms[0] : { kind: 'or', terms };
}

function readAnd(parser: TokenCursor): Condition | undefined {
  const terms: Condition[] = [];
  do {
    const term = readNot(parser);
    if (term === undefined) return undefined;
    terms.push(term);
  } while (takeWord(parser, 'AND') || takeSymbol(parser, '&&'));
  return terms.length === 1 ? terms[0] : { kind: 'and', terms };
}

function readNot(parser: TokenCursor): Condition | undefined {
  if (parser.depth >= CONDITION_DEPTH_MAX) {
    return fail(parser, { kind: 'tooComplex', what: 'nested conditions', max: CONDITION_DEPTH_MAX });
  }
  parser.depth += 1;
  const condition = readNegatable(parser);
  parser.depth -= 1;
  return condition;
}

function readNegatable(parser: TokenCursor): Condition | undefined {
  if (takeWord(parser, 'NOT') || takeSymbol(parser, '!')) {
    const term = readNot(parser);
    return term === undefined ? undefined : { kind: 'not', term };
  }
  if (!takeSymbol(parser, '(')) return readCondition(parser);
  const inner = readOr(parser);
  if (inner === undefined) return undefined;
  return takeSymbol(parser, ')') ? inner : failSyntax(parser, 'AND, OR or )');
}

function readCondition(parser: TokenCursor): Condition | undefined {
  const name = readName(parser);
  if (name === undefined || !countTerm(parser)) return undefined;
  const operator = COMPARE_SYMBOLS[symbolAt(parser) ?? ''];
  if (operator !== undefined) {
    parser.index += 1;
    const value = readLiteral(parser);
    return value === undefined ? undefined : { kind: 'compare', name, operator, value };
  }
  if (takeWord(parser, 'IS')) {
    const isNegated = takeWord(parser, 'NOT');
    if (takeWord(parser, 'NULL')) return { kind: 'isNull', name, isNegated };
    return failSyntax(parser, "NULL: 'IS' operator can only be used as 'IS NULL' or 'IS NOT NULL'");
  }
  const isNegated = takeWord(parser, 'NOT');
  if (takeWord(parser, 'IN')) return readIn(parser, name, isNegated);
  if (takeWord(parser, 'BETWEEN')) return readBetween(parser, name, isNegated);
  if (takeWord(parser, 'STARTS_WITH')) {
    const value = readLiteral(parser);
    return value === undefined ? undefined : { kind: 'startsWith', name, isNegated, value };
  }
  for (const word of ['LIKE', 'REGEXP', 'RLIKE']) {
    if (!takeWord(parser, word)) continue;
    if (readLiteral(parser) === undefined) return undefined;
    return { kind: 'unsupported', name, operator: isNegated ? `NOT ${word}` : word };
  }
  return failSyntax(
    parser,
    isNegated
      ? 'IN, BETWEEN or STARTS_WITH after NOT'
      : 'an operator after the attribute name: = != < <= > >= IN BETWEEN STARTS_WITH IS',
  );
}

function readIn(parser: TokenCursor, name: Name, isNegated: boolean): Condition | undefined {
  if (!takeSymbol(parser, '(')) return failSyntax(parser, '( and a list of values');
  const values: Literal[] = [];
  do {
    const value = readLiteral(parser);
    if (value === undefined) return undefined;
    values.push(value);
  } while (takeSymbol(parser, ','));
  return takeSymbol(parser, ')') ? { kind: 'in', name, isNegated, values } : failSyntax(parser, ', or )');
}

function readBetween(parser: TokenCursor, name: Name, isNegated: boolean): Condition | undefined {
  const low = readLiteral(parser);
  if (low === undefined || !expectWord(parser, 'AND')) return undefined;
  const high = readLiteral(parser);
  return high === undefined ? undefined : { kind: 'between', name, isNegated, low, high };
}

function readLiteral(parser: TokenCursor): Literal | undefined {
  return countTerm(parser) ? parseLiteral(parser) : undefined;
}

function readName(parser: TokenCursor): Name | undefined {
  const token = peek(parser);
  if (token.kind !== 'name') return failSyntax(parser, 'the name of a search attribute');
  if (!token.isQuoted && RESERVED_WORDS.has(token.text.toUpperCase())) {
    return failSyntax(parser, 'the name of a search attribute (put `back-quotes` around a name that is a keyword)');
  }
  parser.index += 1;
  if (!atSymbol(parser, '(')) return { text: token.text, position: token.position };
  return fail(parser, {
    kind: 'unsupportedClause',
    clause: `function expression ${token.text}()`,
    advice: 'name a search attribute; NOW() may stand on the right side of a comparison',
  });
}

const COMPARE_SYMBOLS: Readonly<Record<string, CompareOperator | undefined>> = {
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

const RESERVED_WORDS: ReadonlySet<string> = new Set(
  'AND OR NOT IN IS NULL BETWEEN STARTS_WITH LIKE REGEXP RLIKE TRUE FALSE ORDER GROUP BY ASC DESC LIMIT'.split(' '),
);
