/** Search attributes with a type each: what lists of executions can be filtered by. */
import { ValueError } from './errors.js';

/** The types of the server. */
export const SearchAttributeType = {
  /** Searched by words. */
  TEXT: 'TEXT',
  /** Compared as a whole. */
  KEYWORD: 'KEYWORD',
  INT: 'INT',
  DOUBLE: 'DOUBLE',
  BOOL: 'BOOL',
  DATETIME: 'DATETIME',
  KEYWORD_LIST: 'KEYWORD_LIST',
} as const;
export type SearchAttributeType = (typeof SearchAttributeType)[keyof typeof SearchAttributeType];

interface ValueOfType {
  TEXT: string;
  KEYWORD: string;
  INT: number;
  DOUBLE: number;
  BOOL: boolean;
  DATETIME: Date;
  KEYWORD_LIST: string[];
}

/** The type of an attribute's value. */
export type TypedSearchAttributeValue<T extends SearchAttributeType> = ValueOfType[T];

/** Name and type of an attribute, as registered on the server. */
export interface SearchAttributeKey<T extends SearchAttributeType> {
  readonly name: string;
  readonly type: T;
}

/** A key with a value that fits it. */
export type SearchAttributePair = {
  [T in SearchAttributeType]: { readonly key: SearchAttributeKey<T>; readonly value: TypedSearchAttributeValue<T> };
}[SearchAttributeType];

/** A key with its new value; null removes the attribute. */
export type SearchAttributeUpdatePair = {
  [T in SearchAttributeType]: {
    readonly key: SearchAttributeKey<T>;
    readonly value: TypedSearchAttributeValue<T> | null;
  };
}[SearchAttributeType];

/** A key, to be used for starts, upserts and reads. */
export function defineSearchAttributeKey<T extends SearchAttributeType>(name: string, type: T): SearchAttributeKey<T> {
  if (name === '') throw new ValueError('a search attribute needs a name');
  return { name, type };
}

/** A set of attributes, each with a value of its type. It does not change. */
export class TypedSearchAttributes {
  readonly #pairs: ReadonlyMap<string, SearchAttributePair>;

  /** Throws ValueError for a name that comes twice and for a value that does not fit its key. */
  constructor(initial: readonly SearchAttributePair[] = []) {
    const pairs = new Map<string, SearchAttributePair>();
    for (const pair of initial) {
      const { name } = pair.key;
      if (pairs.has(name)) throw new ValueError(`the search attribute '${name}' is given twice`);
      checkValue(pair);
      pairs.set(name, pair);
    }
    this.#pairs = pairs;
  }

  /** Undefined when there is no attribute of this name and type. */
  get<T extends SearchAttributeType>(key: SearchAttributeKey<T>): TypedSearchAttributeValue<T> | undefined {
    const pair = this.#pairs.get(key.name);
    return pair?.key.type === key.type ? (copied(pair.value) as TypedSearchAttributeValue<T>) : undefined;
  }

  getAll(): SearchAttributePair[] {
    return [...this.#pairs.values()];
  }

  /** A set with the updates made in it. */
  updateCopy(updates: readonly SearchAttributeUpdatePair[]): TypedSearchAttributes {
    const pairs = new Map(this.#pairs);
    for (const { key, value } of updates) {
      if (value === null) pairs.delete(key.name);
      else pairs.set(key.name, { key, value } as SearchAttributePair);
    }
    return new TypedSearchAttributes([...pairs.values()]);
  }

  /** For logs. */
  toJSON(): unknown {
    return Object.fromEntries([...this.#pairs].map(([name, { value }]) => [name, value]));
  }
}

function copied<T>(value: T): T {
  if (Array.isArray(value)) return [...(value as unknown[])] as T;
  return value instanceof Date ? (new Date(value.getTime()) as T) : value;
}

/** Whether a value fits a type. */
const fits: { readonly [T in SearchAttributeType]: (value: unknown) => boolean } = {
  TEXT: (value) => typeof value === 'string',
  KEYWORD: (value) => typeof value === 'string',
  INT: (value) => Number.isInteger(value),
  DOUBLE: (value) => typeof value === 'number',
  BOOL: (value) => typeof value === 'boolean',
  DATETIME: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  KEYWORD_LIST: (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
};

export function checkValue({ key, value }: SearchAttributePair): void {
  if (!Object.hasOwn(fits, key.type)) {
    throw new ValueError(`'${String(key.type)}' is no SearchAttributeType: use ${Object.keys(fits).join(', ')}`);
  }
  if (fits[key.type](value)) return;
  throw new ValueError(
    `the search attribute '${key.name}' is of type ${key.type}, which ${JSON.stringify(value)} is not`,
  );
}
