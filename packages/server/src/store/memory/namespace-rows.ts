/** The rows of one namespace, ready to be listed: kept in the default order, so its pages need no sorting. */
import {
  compareRecords,
  compareValues,
  countByGroup,
  decodePageToken,
  DEFAULT_ORDER,
  encodePageToken,
  isAfter,
  positionOf,
  toPredicate,
} from '../../core/visibility/index.js';
import type { ListQuery, OrderKey, Position, VisibilityRecord } from '../../core/visibility/index.js';
import type { CountGroup, ExecNo, ListFilter, ListPage } from '../../ports/index.js';
import { countGroups } from '../count-groups.js';
import { OrderedSet } from './ordered-set.js';

export class NamespaceRows {
  readonly execNos = new Set<ExecNo>();
  /** Workflow id → the run that has its place. */
  readonly current = new Map<string, ExecNo>();
  readonly #rows = new OrderedSet<VisibilityRecord, DefaultOrderKeys>(compareByDefault);

  add(execNo: ExecNo, row: VisibilityRecord): void {
    this.execNos.add(execNo);
    this.#rows.add(row);
  }

  remove(execNo: ExecNo, row: VisibilityRecord): void {
    this.execNos.delete(execNo);
    this.#rows.delete(row);
  }

  list({ query, pageSize, cursor }: ListFilter): ListPage {
    const { order } = query;
    let after: Position | undefined;
    if (cursor !== '') {
      const position = decodePageToken(order, cursor);
      if (!position.ok) return { kind: 'badCursor' };
      after = position.value;
    }
    const candidates = isDefaultOrder(order) ? this.#inDefaultOrder(query, after) : this.#sorted(query, after);
    const rows: VisibilityRecord[] = [];
    for (const row of candidates) {
      // One row more than the page shows that the page is not the last.
      const last = rows.at(-1);
      if (rows.length === pageSize && last !== undefined) {
        return { kind: 'page', rows, cursor: encodePageToken(order, positionOf(order, last)) };
      }
      rows.push(row);
    }
    return { kind: 'page', rows, cursor: '' };
  }

  count({ filter, groupBy }: ListQuery): CountGroup[] {
    const wanted = this.#matching(filter);
    if (groupBy !== undefined) return countGroups(groupBy, countByGroup(wanted, groupBy));
    let count = 0;
    for (const _ of wanted) count += 1;
    return [{ value: undefined, count }];
  }

  clone(): NamespaceRows {
    const copy = new NamespaceRows();
    for (const execNo of this.execNos) copy.execNos.add(execNo);
    for (const [workflowId, execNo] of this.current) copy.current.set(workflowId, execNo);
    for (const row of this.#rows.walk()) copy.#rows.add(row);
    return copy;
  }

  *#inDefaultOrder(query: ListQuery, after: Position | undefined): Generator<VisibilityRecord, void> {
    for (const row of this.#matching(query.filter, after === undefined ? undefined : keysOf(after))) {
      if (after === undefined || isAfter(query.order, after, row)) yield row;
    }
  }

  #sorted({ filter, order }: ListQuery, after: Position | undefined): VisibilityRecord[] {
    const wanted = [...this.#matching(filter)].filter((row) => after === undefined || isAfter(order, after, row));
    return wanted.sort((left, right) => compareRecords(order, left, right));
  }

  *#matching(filter: ListQuery['filter'], from?: DefaultOrderKeys): Generator<VisibilityRecord, void> {
    const isWanted = toPredicate(filter);
    for (const row of this.#rows.walk(from)) if (isWanted(row)) yield row;
  }
}

type DefaultOrderKeys = Pick<VisibilityRecord, 'closeTimeMs' | 'startTimeMs' | 'runId'>;

/** `compareRecords` of the default order, without its arrays: it runs several times for every write. */
function compareByDefault(left: DefaultOrderKeys, right: DefaultOrderKeys): number {
  const leftCloseMs = left.closeTimeMs ?? Infinity;
  const rightCloseMs = right.closeTimeMs ?? Infinity;
  if (leftCloseMs !== rightCloseMs) return rightCloseMs - leftCloseMs;
  return right.startTimeMs - left.startTimeMs || compareValues(left.runId, right.runId);
}

function isDefaultOrder(order: readonly OrderKey[]): boolean {
  return (
    order.length === DEFAULT_ORDER.length &&
    order.every((key, index) => {
      const wanted = DEFAULT_ORDER[index];
      return wanted?.attribute.name === key.attribute.name && wanted.isDescending === key.isDescending;
    })
  );
}

function keysOf([closeTimeMs, startTimeMs, runId]: Position): DefaultOrderKeys {
  const keys = { startTimeMs: Number(startTimeMs), runId: String(runId) };
  return typeof closeTimeMs === 'number' ? { ...keys, closeTimeMs } : keys;
}
