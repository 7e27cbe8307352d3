/** Why a list filter is refused. All of these become InvalidArgument; the message says what to do instead. */
import { ATTRIBUTE_TYPE_NAMES } from './attributes.js';
import type { Attribute } from './attributes.js';

export type FilterRefusal =
  /** The text does not follow the grammar. Position counts characters from 1. */
  | { readonly kind: 'syntax'; readonly position: number; readonly found: string; readonly expected: string }
  | { readonly kind: 'unknownAttribute'; readonly name: string; readonly suggestion: string | undefined }
  /** The value is of a kind that the attribute cannot be compared with. */
  | {
      readonly kind: 'wrongType';
      readonly attribute: Attribute;
      readonly value: string;
      readonly valueType: string;
      readonly advice: string;
    }
  /** The kind is right, but the value means nothing: a status that does not exist, a malformed time. */
  | { readonly kind: 'invalidValue'; readonly attribute: Attribute; readonly value: string; readonly advice: string }
  | {
      readonly kind: 'unsupportedOperator';
      readonly attribute: Attribute;
      readonly operator: string;
      readonly allowed: readonly string[];
    }
  | { readonly kind: 'rangeNotSupported'; readonly attribute: Attribute }
  | { readonly kind: 'unsupportedClause'; readonly clause: string; readonly advice: string }
  | { readonly kind: 'tooComplex'; readonly what: string; readonly max: number }
  | { readonly kind: 'invalidPageToken'; readonly reason: string };

export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: FilterRefusal };

export function accept<Value>(value: Value): Outcome<Value> {
  return { ok: true, value };
}

export function refuse(refusal: FilterRefusal): { readonly ok: false; readonly refusal: FilterRefusal } {
  return { ok: false, refusal };
}

/** The text of the InvalidArgument error. */
export function refusalMessage(refusal: FilterRefusal): string {
  if (refusal.kind === 'invalidPageToken') return `invalid next_page_token: ${refusal.reason}`;
  return `invalid query: ${queryMessage(refusal)}`;
}

function queryMessage(refusal: Exclude<FilterRefusal, { kind: 'invalidPageToken' }>): string {
  switch (refusal.kind) {
    case 'syntax':
      return (
        `malformed SQL query: syntax error at position ${refusal.position} near ${clip(refusal.found)}: ` +
        `expected ${refusal.expected}`
      );
    case 'unknownAttribute': {
      const hint = refusal.suggestion === undefined ? '' : ` (did you mean ${refusal.suggestion}?)`;
      return `invalid search attribute: ${clip(refusal.name)}${hint}`;
    }
    case 'wrongType':
      return (
        `invalid expression: invalid value type for search attribute ${describe(refusal.attribute)}: ` +
        `${clip(refusal.value)} (type: ${refusal.valueType}); ${refusal.advice}`
      );
    case 'invalidValue':
      return `invalid expression: invalid ${refusal.attribute.name} value ${clip(refusal.value)}; ${refusal.advice}`;
    case 'unsupportedOperator':
      return (
        `operation is not supported: operator '${refusal.operator}' not supported for ` +
        `${ATTRIBUTE_TYPE_NAMES[refusal.attribute.type]} type search attribute '${refusal.attribute.name}'; ` +
        `use one of ${refusal.allowed.join(', ')}`
      );
    case 'rangeNotSupported':
      return (
        `invalid expression: cannot do range condition on search attribute '${refusal.attribute.name}' of type ` +
        `${ATTRIBUTE_TYPE_NAMES[refusal.attribute.type]}; BETWEEN takes Int, Double, Datetime and Keyword`
      );
    case 'unsupportedClause':
      return `operation is not supported: ${clip(refusal.clause)}; ${refusal.advice}`;
    case 'tooComplex':
      return `operation is not supported: too many ${refusal.what} (limit ${refusal.max}); split the query`;
  }
}

function describe(attribute: Attribute): string {
  return `${attribute.name} of type ${ATTRIBUTE_TYPE_NAMES[attribute.type]}`;
}

/** A query may be megabytes long, an error message travels in a header. */
function clip(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
