/** List-, Scan-, Count-, ListOpen-, ListClosed-, ListArchivedWorkflowExecutions. */
import { WorkflowExecutionStatus, formatTimeMs } from '@perdure/protocol';
import type {
  CountWorkflowExecutionsRequest,
  CountWorkflowExecutionsResponse,
  Init,
  ListArchivedWorkflowExecutionsResponse,
  ListClosedWorkflowExecutionsRequest,
  ListOpenWorkflowExecutionsRequest,
  ListWorkflowExecutionsRequest,
  ListWorkflowExecutionsResponse,
  WorkflowExecutionInfo,
} from '@perdure/protocol';
import { isAttributeType } from '../core/attributes/check.js';
import { encodeAttribute } from '../core/attributes/payloads.js';
import { invalidArgument, isRejection } from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import {
  ATTRIBUTE_TYPE,
  compileListQuery,
  makeSchema,
  refusalMessage,
  resolveQuery,
} from '../core/visibility/index.js';
import type {
  CompareOperator,
  Condition,
  ListQuery,
  Outcome,
  ResolveOptions,
  VisibilityRecord,
} from '../core/visibility/index.js';
import type { NamespaceRecord } from '../engine/messages.js';
import type { CountGroup, ListPage } from '../ports/index.js';
import { answer, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { decodeListToken, encodeListToken } from './page-token.js';
import { refuseIf } from './validate.js';

/** Scan is the same: an order costs nothing here. */
export function listWorkflows(
  request: ListWorkflowExecutionsRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<ListWorkflowExecutionsResponse> {
  const query = accepted(compileListQuery(request.query, resolveOptions(context, namespace, 'list')));
  if (isRejection(query)) return query;
  return listPage(query, { size: request.pageSize, token: request.nextPageToken }, context, namespace);
}

export function countWorkflows(
  request: CountWorkflowExecutionsRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<CountWorkflowExecutionsResponse> {
  const query = accepted(compileListQuery(request.query, resolveOptions(context, namespace, 'count')));
  if (isRejection(query)) return query;
  const filter = { namespaceId: namespace.id, query, pageSize: 0, cursor: '' };
  return ask({ kind: 'count', filter }, (groups) => countResponse(groups, query.groupBy !== undefined));
}

function countResponse(groups: readonly CountGroup[], isGrouped: boolean): Init<CountWorkflowExecutionsResponse> {
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  if (!isGrouped) return { count };
  return {
    count,
    groups: groups.map((group) => ({
      groupValues: [encodeAttribute(group.value ?? '', ATTRIBUTE_TYPE.keyword)],
      count: group.count,
    })),
  };
}

export function listOpen(
  request: ListOpenWorkflowExecutionsRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<ListWorkflowExecutionsResponse> {
  return listByFilters(request, compare('ExecutionStatus', '=', 'Running'), context, namespace);
}

export function listClosed(
  request: ListClosedWorkflowExecutionsRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<ListWorkflowExecutionsResponse> {
  const status = request.statusFilter?.status;
  if (status === WorkflowExecutionStatus.UNSPECIFIED || status === WorkflowExecutionStatus.RUNNING) {
    return invalidArgument('StatusFilter must be specified and must be not Running.');
  }
  const term: Condition =
    status === undefined
      ? compare('ExecutionStatus', '!=', 'Running')
      : { ...name('ExecutionStatus'), kind: 'compare', operator: '=', value: { kind: 'number', text: String(status) } };
  return listByFilters(request, term, context, namespace);
}

/** Archives do not exist here, so they are empty. */
export function listArchived(): Plan<ListArchivedWorkflowExecutionsResponse> {
  return answer({});
}

type FixedFilters = Omit<ListOpenWorkflowExecutionsRequest, 'namespace'>;

function listByFilters(
  request: FixedFilters,
  term: Condition,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<ListWorkflowExecutionsResponse> {
  const { startTimeFilter, executionFilter, typeFilter, maximumPageSize, nextPageToken } = request;
  const { earliestTime, latestTime } = startTimeFilter ?? {};
  const problem = refuseIf(
    earliestTime !== undefined && latestTime !== undefined && earliestTime > latestTime,
    'EarliestTime in StartTimeFilter should not be larger than LatestTime.',
  );
  if (problem !== undefined) return problem;
  const terms = [term];
  if (earliestTime !== undefined) terms.push(compare('StartTime', '>=', formatTimeMs(earliestTime)));
  if (latestTime !== undefined) terms.push(compare('StartTime', '<=', formatTimeMs(latestTime)));
  if (executionFilter !== undefined) terms.push(compare('WorkflowId', '=', executionFilter.workflowId));
  if (executionFilter !== undefined && executionFilter.runId !== '')
    terms.push(compare('RunId', '=', executionFilter.runId));
  if (typeFilter !== undefined) terms.push(compare('WorkflowType', '=', typeFilter.name));
  const tree = { condition: { kind: 'and', terms }, groupBy: undefined, orderBy: [] } as const;
  const query = accepted(resolveQuery(tree, resolveOptions(context, namespace, 'list')));
  if (isRejection(query)) return query;
  return listPage(query, { size: maximumPageSize, token: nextPageToken }, context, namespace);
}

function compare(attribute: string, operator: CompareOperator, text: string): Condition {
  return { ...name(attribute), kind: 'compare', operator, value: { kind: 'string', text } };
}

const name = (text: string): { name: { text: string; position: number } } => ({ name: { text, position: 1 } });

function listPage(
  query: ListQuery,
  page: { readonly size: number; readonly token: Uint8Array },
  { limits }: ApiContext,
  namespace: NamespaceRecord,
): Plan<ListWorkflowExecutionsResponse> {
  const cursor = decodeListToken(page.token);
  if (cursor === undefined) return BAD_TOKEN;
  const pageSize = page.size > 0 ? Math.min(page.size, limits.visibilityPageRowsMax) : limits.visibilityPageRowsMax;
  const filter = { namespaceId: namespace.id, query, pageSize, cursor };
  return ask({ kind: 'list', filter }, listResponse);
}

const BAD_TOKEN = invalidArgument('Invalid NextPageToken.');

function listResponse(page: ListPage): Init<ListWorkflowExecutionsResponse> | Rejection {
  if (page.kind === 'badCursor') return BAD_TOKEN;
  return { executions: page.rows.map(executionInfo), nextPageToken: encodeListToken(page.cursor) };
}

/** A row as lists show it. */
export function executionInfo(row: VisibilityRecord): Init<WorkflowExecutionInfo> {
  const hasParent = row.parentWorkflowId !== undefined;
  return {
    execution: { workflowId: row.workflowId, runId: row.runId },
    type: { name: row.workflowType },
    startTime: row.startTimeMs,
    closeTime: row.closeTimeMs,
    status: row.status as WorkflowExecutionStatus,
    historyLength: row.historyLength,
    parentExecution: hasParent ? { workflowId: row.parentWorkflowId, runId: row.parentRunId } : undefined,
    executionTime: row.executionTimeMs,
    memo: row.memo ?? EMPTY_MESSAGE,
    searchAttributes: row.searchAttributes ?? EMPTY_MESSAGE,
    taskQueue: row.taskQueue,
    stateTransitionCount: row.stateTransitionCount,
    historySizeBytes: row.historySizeBytes,
    executionDuration: row.executionDurationMs,
    rootExecution: { workflowId: row.rootWorkflowId, runId: row.rootRunId },
  };
}

const EMPTY_MESSAGE = new Uint8Array(0);

function resolveOptions(
  context: ApiContext,
  namespace: NamespaceRecord,
  purpose: ResolveOptions['purpose'],
): ResolveOptions {
  const custom = [...namespace.searchAttributes].flatMap(([attribute, type]) =>
    isAttributeType(type) ? [[attribute, type] as const] : [],
  );
  return { schema: makeSchema(custom), nowMs: context.executionNowMs, purpose };
}

function accepted(outcome: Outcome<ListQuery>): ListQuery | Rejection {
  return outcome.ok ? outcome.value : invalidArgument(refusalMessage(outcome.refusal));
}
