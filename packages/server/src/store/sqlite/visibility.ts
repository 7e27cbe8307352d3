/** Lists and counts as SQL. They may take long, so they run on the scan thread, and every row asks for more time. */
import {
  afterToSql,
  decodePageToken,
  encodePageToken,
  filterToSql,
  groupToSql,
  NAMESPACE_DIVISION,
  orderToSql,
  positionOf,
  sortGroups,
} from '../../core/visibility/index.js';
import type { Filter, ListQuery } from '../../core/visibility/index.js';
import type { CountGroup, ListFilter, ListPage } from '../../ports/index.js';
import { countGroups } from '../count-groups.js';
import { readNumber } from './driver.js';
import type { SqliteDatabase, SqlValue } from './driver.js';
import { divisionKey, executionTarget, readExecutionRow } from './execution-row.js';
import { hashWorkflowId } from './run-key.js';
import { CURRENT_RUN } from './schema.js';

/**
 * A function of SQL that throws when the time is over. It takes a column, so that it is asked for each row, and stands
 * first, so that it is asked before the filter.
 */
export const MORE_TIME = 'more_time';

export function listRows(db: SqliteDatabase, { namespaceId, query, pageSize, cursor }: ListFilter): ListPage {
  const { order } = query;
  const where = whereOf(namespaceId, query);
  if (cursor !== '') {
    const position = decodePageToken(order, cursor);
    if (!position.ok) return { kind: 'badCursor' };
    const after = afterToSql(order, position.value, executionTarget);
    where.sql += ` AND (${after.sql})`;
    where.parameters.push(...after.parameters);
  }
  const statement = db.prepare(
    `SELECT * FROM execution WHERE ${where.sql} ORDER BY ${orderToSql(order, executionTarget)} LIMIT ?`,
  );
  // One row more than the page shows that the page is not the last.
  const found = statement.all(...where.parameters, pageSize + 1);
  const rows = found.slice(0, pageSize).map((row) => readExecutionRow(namespaceId, row));
  const last = rows.at(-1);
  const isLastPage = found.length <= pageSize || last === undefined;
  return { kind: 'page', rows, cursor: isLastPage ? '' : encodePageToken(order, positionOf(order, last)) };
}

export function countRows(db: SqliteDatabase, namespaceId: string, query: ListQuery): CountGroup[] {
  const where = whereOf(namespaceId, query);
  const { groupBy } = query;
  if (groupBy === undefined) {
    const row = db.prepare(`SELECT count(*) AS count FROM execution WHERE ${where.sql}`).get(...where.parameters);
    return [{ value: undefined, count: row === undefined ? 0 : readNumber(row, 'count') }];
  }
  const value = groupToSql(groupBy, executionTarget);
  const rows = db
    .prepare(`SELECT ${value} AS value, count(*) AS count FROM execution WHERE ${where.sql} GROUP BY 1`)
    .all(...where.parameters);
  const groups = rows.map((row) => ({ value: groupValue(row['value']), count: readNumber(row, 'count') }));
  return countGroups(groupBy, sortGroups(groups));
}

/** What a query asks when counters by status can answer it: of one division, all statuses or one. */
export interface StatusCount {
  /** As `divisionKey` gives it. */
  readonly division: string;
  readonly status: number | undefined;
}

/** Undefined when rows have to be looked at. */
export function asStatusCount({ filter, groupBy }: ListQuery): StatusCount | undefined {
  if (groupBy !== undefined && groupBy.name !== 'ExecutionStatus') return undefined;
  let division: string | undefined;
  let status: number | undefined;
  for (const term of topTerms(filter)) {
    if (division === undefined && isDivision(term) && term.kind === 'absent') division = divisionKey(undefined);
    else if (division === undefined && isDivision(term) && isEquality(term)) division = divisionKey(String(term.value));
    else if (status === undefined && isEquality(term) && term.attribute.name === 'ExecutionStatus') {
      status = Number(term.value);
    } else return undefined;
  }
  return division === undefined ? undefined : { division, status };
}

type Equality = Extract<Filter, { kind: 'compare' }>;

function isEquality(term: Filter): term is Equality {
  return term.kind === 'compare' && term.operator === '=';
}

function isDivision(term: Filter): boolean {
  return 'attribute' in term && term.attribute.name === NAMESPACE_DIVISION;
}

/** The terms that must all be true. */
function topTerms(filter: Filter): readonly Filter[] {
  return filter.kind === 'every' ? filter.terms.flatMap(topTerms) : [filter];
}

interface Where {
  sql: string;
  readonly parameters: SqlValue[];
}

function whereOf(namespaceId: string, { filter }: ListQuery): Where {
  const { sql, parameters } = filterToSql(filter, executionTarget);
  const namespaceNo = '(SELECT no FROM namespace WHERE id = ?)';
  const narrow = narrowing(namespaceId, filter);
  // The plus keeps SQLite from walking the whole namespace when a few rows can be found by another way.
  const namespace = narrow === undefined ? `namespace_no = ${namespaceNo}` : `+namespace_no = ${namespaceNo}`;
  const narrowed = narrow === undefined ? '' : ` AND ${narrow.sql}`;
  return {
    sql: `${MORE_TIME}(exec_no) AND ${namespace}${narrowed} AND (${sql})`,
    parameters: [namespaceId, ...(narrow?.parameters ?? []), ...parameters],
  };
}

/** The rows of one workflow id, or of one parent: lists of these few are asked for often. */
function narrowing(namespaceId: string, filter: Filter): Where | undefined {
  const equalities = topTerms(filter).filter(isEquality);
  const valueOf = (name: string): string | undefined => {
    const found = equalities.find(({ attribute }) => attribute.source === 'system' && attribute.name === name);
    return found === undefined ? undefined : String(found.value);
  };
  const workflowId = valueOf('WorkflowId');
  if (workflowId !== undefined) {
    const sql = `exec_no IN (SELECT exec_no FROM run_key WHERE id_hash = ? AND run_hash <> ${CURRENT_RUN})`;
    return { sql, parameters: [hashWorkflowId(namespaceId, workflowId)] };
  }
  const parentId = valueOf('ParentWorkflowId');
  return parentId === undefined ? undefined : { sql: 'parent_workflow_id = ?', parameters: [parentId] };
}

function groupValue(value: SqlValue | undefined): string | number | null {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
