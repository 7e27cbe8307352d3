/** What the parser makes of a list filter: names and literals as written, nothing looked up or converted yet. */

export interface QueryTree {
  /** Absent when the text has no condition. */
  readonly condition: Condition | undefined;
  readonly groupBy: Name | undefined;
  readonly orderBy: readonly { readonly name: Name; readonly isDescending: boolean }[];
}

export interface Name {
  readonly text: string;
  readonly position: number;
}

export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and'; readonly terms: readonly Condition[] }
  | { readonly kind: 'or'; readonly terms: readonly Condition[] }
  | { readonly kind: 'not'; readonly term: Condition }
  | { readonly kind: 'compare'; readonly name: Name; readonly operator: CompareOperator; readonly value: Literal }
  | { readonly kind: 'in'; readonly name: Name; readonly isNegated: boolean; readonly values: readonly Literal[] }
  | {
      readonly kind: 'between';
      readonly name: Name;
      readonly isNegated: boolean;
      readonly low: Literal;
      readonly high: Literal;
    }
  | { readonly kind: 'startsWith'; readonly name: Name; readonly isNegated: boolean; readonly value: Literal }
  | { readonly kind: 'isNull'; readonly name: Name; readonly isNegated: boolean }
  /** SQL that the grammar knows and no attribute takes: LIKE and REGEXP. Refused with the attribute's own operators. */
  | { readonly kind: 'unsupported'; readonly name: Name; readonly operator: string };

export type Literal =
  | { readonly kind: 'string'; readonly text: string }
  /** As written, with its sign. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** NOW() with an offset such as `- 1h30m` (an empty text is none). */
  | { readonly kind: 'now'; readonly sign: 1 | -1; readonly offset: string };
