/** The right side of a comparison: a string, a number with or without sign, TRUE, FALSE, or NOW() with an offset. */
import type { Literal } from './syntax-tree.js';
import { fail, failSyntax, peek, takeSymbol, takeWord } from './token-cursor.js';
import type { TokenCursor } from './token-cursor.js';

export function parseLiteral(parser: TokenCursor): Literal | undefined {
  if (takeWord(parser, 'TRUE')) return { kind: 'boolean', value: true };
  if (takeWord(parser, 'FALSE')) return { kind: 'boolean', value: false };
  if (takeSymbol(parser, '-')) return readNumber(parser, '-');
  if (takeSymbol(parser, '+')) return readNumber(parser, '');
  const token = peek(parser);
  if (token.kind === 'number') return readNumber(parser, '');
  if (token.kind === 'string') {
    parser.index += 1;
    return { kind: 'string', text: token.text };
  }
  if (token.kind === 'name') return readNow(parser, token.text);
  return failSyntax(parser, 'a value: a quoted string, a number, true or false');
}

function readNumber(parser: TokenCursor, sign: '' | '-'): Literal | undefined {
  const token = peek(parser);
  if (token.kind !== 'number') return failSyntax(parser, 'a number after the sign');
  parser.index += 1;
  return { kind: 'number', text: sign + token.text };
}

function readNow(parser: TokenCursor, text: string): Literal | undefined {
  parser.index += 1;
  const isCall = takeSymbol(parser, '(');
  if (!isCall) {
    return fail(parser, {
      kind: 'unsupportedClause',
      clause: `column name on the right side of comparison expression (did you forget to quote "${text}"?)`,
      advice: `write '${text}'`,
    });
  }
  if (text.toUpperCase() !== 'NOW') {
    return fail(parser, { kind: 'unsupportedClause', clause: `nested func ${text}()`, advice: 'only NOW() is known' });
  }
  if (!takeSymbol(parser, ')')) return failSyntax(parser, ')');
  const sign = takeSymbol(parser, '+') ? 1 : takeSymbol(parser, '-') ? -1 : undefined;
  if (sign === undefined) return { kind: 'now', sign: 1, offset: '' };
  const token = peek(parser);
  if (token.kind !== 'duration') return failSyntax(parser, 'a duration such as 90s, 1h30m or 2d');
  parser.index += 1;
  return { kind: 'now', sign, offset: token.text };
}
