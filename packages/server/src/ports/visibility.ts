/** Lists and counts over executions, as the store answers them. */
import type { ListQuery, VisibilityRecord } from '../core/visibility/index.js';

export interface ListFilter {
  readonly namespaceId: string;
  readonly query: ListQuery;
  readonly pageSize: number;
  /** Opaque; from the page before. Empty = first page. A token that is not ours yields `kind: 'badCursor'`. */
  readonly cursor: string;
}

export type ListPage =
  | {
      readonly kind: 'page';
      readonly rows: readonly VisibilityRecord[];
      /** Empty = the last page. */
      readonly cursor: string;
    }
  | { readonly kind: 'badCursor' };
