import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from './parser.js';
import { refusalMessage } from './refusal.js';
import type { Condition, Literal } from './syntax-tree.js';

/** Prints a condition with all parentheses, so that a test reads as what was understood. */
function print(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return `(${condition.terms.map(print).join(` ${condition.kind} `)})`;
    case 'not':
      return `not ${print(condition.term)}`;
    case 'compare':
      return `${condition.name.text} ${condition.operator} ${printLiteral(condition.value)}`;
    case 'in':
      return `${condition.name.text} ${condition.isNegated ? 'not ' : ''}in [${condition.values.map(printLiteral).join(' ')}]`;
    case 'between':
      return `${condition.name.text} ${condition.isNegated ? 'not ' : ''}between ${printLiteral(condition.low)} ${printLiteral(condition.high)}`;
    case 'startsWith':
      return `${condition.name.text} ${condition.isNegated ? 'not ' : ''}starts ${printLiteral(condition.value)}`;
    case 'isNull':
      return `${condition.name.text} is ${condition.isNegated ? 'not ' : ''}null`;
    case 'unsupported':
      return `${condition.name.text} ${condition.operator}`;
  }
}

function printLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'string':
      return JSON.stringify(literal.text);
    case 'number':
      return literal.text;
    case 'boolean':
      return String(literal.value);
    case 'now':
      return `now${literal.offset === '' ? '' : (literal.sign === 1 ? '+' : '-') + literal.offset}`;
  }
}

const UNDERSTOOD: readonly (readonly [string, string])[] = [
  [`WorkflowId = 'a'`, `WorkflowId = "a"`],
  [`WorkflowId="a"`, `WorkflowId = "a"`],
  ['`Order Id` != 5', 'Order Id != 5'],
  [`a <> 1`, `a != 1`],
  [`a >= -1.5 and b <= +2`, `(a >= -1.5 and b <= 2)`],
  [`a < 1e3 or b > .5`, `(a < 1e3 or b > .5)`],
  [`a = 1 OR b = 2 AND c = 3`, `(a = 1 or (b = 2 and c = 3))`],
  [`(a = 1 || b = 2) && c = 3`, `((a = 1 or b = 2) and c = 3)`],
  [`NOT a = 1 AND b = true`, `(not a = 1 and b = true)`],
  [`not (a = 1 And b = FALSE)`, `not (a = 1 and b = false)`],
  [`a in ('x', "y")`, `a in ["x" "y"]`],
  [`a NOT IN (1)`, `a not in [1]`],
  [`a BETWEEN 1 AND 2 AND b = 3`, `(a between 1 2 and b = 3)`],
  [`a not between '1' and '2'`, `a not between "1" "2"`],
  [`a STARTS_WITH 'x'`, `a starts "x"`],
  [`a NOT starts_with 'x'`, `a not starts "x"`],
  [`a IS NULL OR a IS NOT NULL`, `(a is null or a is not null)`],
  [`a = 'it''s'`, `a = "it's"`],
  [`a = 'it\\'s \\\\ \\n'`, `a = "it's \\\\ \\n"`],
  [`a = "say ""x"""`, `a = "say \\"x\\""`],
  [`t > NOW() - 1h30m`, `t > now-1h30m`],
  [`t < now()`, `t < now`],
  ['`and` = 1', 'and = 1'],
  ['Größe = 1', 'Größe = 1'],
  [`a LIKE 'x%'`, `a LIKE`],
];

for (const [text, understood] of UNDERSTOOD) {
  test(`parses ${text}`, () => {
    const tree = parseQuery(text);
    assert.ok(tree.ok, tree.ok ? '' : refusalMessage(tree.refusal));
    assert.ok(tree.value.condition !== undefined);
    assert.equal(print(tree.value.condition), understood);
  });
}

test('parses clauses with and without a condition, in either order', () => {
  for (const text of [
    '  ',
    'GROUP BY a',
    'a = 1 group by a',
    'a = 1 order by b desc, c asc, d',
    'ORDER BY b DESC, c, d GROUP BY a',
  ]) {
    const tree = parseQuery(text);
    assert.ok(tree.ok, text);
    assert.equal(tree.value.condition !== undefined, text.startsWith('a'));
    assert.equal(tree.value.groupBy?.text, /group/i.test(text) ? 'a' : undefined);
    const keys = tree.value.orderBy.map((key) => `${key.name.text}${key.isDescending ? '-' : '+'}`);
    assert.deepEqual(keys, /order/i.test(text) ? ['b-', 'c+', 'd+'] : []);
  }
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  [`WorkflowId`, /syntax error at position 11 near the end of the query: expected an operator/],
  [`WorkflowId =`, /position 13 .*expected a value/],
  [`WorkflowId = 'a`, /position 14 near ': expected a closing '/],
  ['`WorkflowId = 1', /position 1 .*closing `/],
  [`a = 1 b = 2`, /position 7 near 'b': expected AND, OR/],
  [`(a = 1`, /expected AND, OR or \)/],
  [`a = 1)`, /position 6 near '\)'/],
  [`a IN 1`, /expected \( and a list/],
  [`a IN ()`, /expected a value/],
  [`a BETWEEN 1`, /expected AND/],
  [`a IS TRUE`, /'IS' operator can only be used as 'IS NULL' or 'IS NOT NULL'/],
  [`a NOT = 1`, /expected IN, BETWEEN or STARTS_WITH/],
  [`and = 1`, /back-quotes/],
  [`'a' = b`, /expected the name of a search attribute/],
  [`a = foo`, /operation is not supported: column name on the right side.*did you forget to quote "foo"/],
  [`a = foo()`, /operation is not supported: nested func/],
  [`upper(a) = 'X'`, /operation is not supported: function expression/],
  [`a = 1 LIMIT 5`, /operation is not supported: 'LIMIT' clause/],
  [`GROUP BY a, b`, /'GROUP BY' clause supports only a single field/],
  [`a = 1h`, /expected a value/],
  [`a = - 'x'`, /expected a number after the sign/],
  [`t > NOW() - 5`, /expected a duration/],
  [`a = 1; drop table x`, /position 6 near ';'/],
  [`a = '\\0'`, /NUL/],
  [`${'('.repeat(1000)}a = 1`, /too many nested conditions \(limit 40\)/],
  [`${'NOT '.repeat(1000)}a = 1`, /too many nested conditions/],
  [`a IN (${'1,'.repeat(20_000)}1)`, /too many conditions and values/],
  [`ORDER BY ${'a, '.repeat(20)}a`, /too many ORDER BY keys/],
];

for (const [text, message] of REFUSED) {
  test(`refuses ${text.slice(0, 40)}`, () => {
    const tree = parseQuery(text);
    assert.ok(!tree.ok);
    assert.match(refusalMessage(tree.refusal), message);
    assert.match(refusalMessage(tree.refusal), /^invalid query: /);
  });
}

test('hostile text takes linear time and a short message', () => {
  for (const text of ['1'.repeat(1e6) + 'a', 'a'.repeat(1e6), `a = '${'\\'.repeat(1e6)}`, ' '.repeat(1e6) + '#']) {
    const tree = parseQuery(text);
    assert.ok(!tree.ok);
    assert.ok(refusalMessage(tree.refusal).length < 500);
  }
});
