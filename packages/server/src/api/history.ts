/** GetWorkflowExecutionHistory and its reverse. A token pins the run, so that a page never comes from another one. */
import { HistoryEventFilterType } from '@perdure/protocol';
import type {
  GetWorkflowExecutionHistoryRequest,
  GetWorkflowExecutionHistoryResponse,
  GetWorkflowExecutionHistoryReverseRequest,
  GetWorkflowExecutionHistoryReverseResponse,
  Init,
  WorkflowExecution,
} from '@perdure/protocol';
import type { Limits } from '../core/limits.js';
import { invalidArgument, isRejection } from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';
import type { HistoryAnswer, NamespaceRecord } from '../engine/messages.js';
import { ask } from './contract.js';
import type { ApiContext, Caller, Plan } from './contract.js';
import { followsNextRun, toldAsContinued } from './followed-close.js';
import { NO_TOKEN, decodeHistoryToken, encodeHistoryToken } from './page-token.js';
import { checkExecution, longPollDeadline } from './validate.js';

export function getHistory(
  request: GetWorkflowExecutionHistoryRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<GetWorkflowExecutionHistoryResponse> {
  const from = firstEvent(request.execution, request.nextPageToken, false);
  if (isRejection(from)) return from;
  const history = {
    ...from,
    pageSize: pageSize(request.maximumPageSize, context.limits),
    reverse: false,
    wait: request.waitNewEvent,
    closeEventOnly: request.historyEventFilterType === HistoryEventFilterType.CLOSE_EVENT,
    withPendingTask: wantsPendingTask(context.caller),
    deadlineMs: longPollDeadline(context, context.limits.historyLongPollMs),
  };
  const isTold = history.closeEventOnly && !followsNextRun(context.caller);
  return ask({ kind: 'getHistory', namespaceId: namespace.id, history }, (page) =>
    response(isTold && page.hasSuccessor ? { ...page, history: toldAsContinued(page.history) } : page, false),
  );
}

export function getHistoryReverse(
  request: GetWorkflowExecutionHistoryReverseRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<GetWorkflowExecutionHistoryReverseResponse> {
  const from = firstEvent(request.execution, request.nextPageToken, true);
  if (isRejection(from)) return from;
  const history = {
    ...from,
    pageSize: pageSize(request.maximumPageSize, context.limits),
    reverse: true,
    wait: false,
    closeEventOnly: false,
    withPendingTask: false,
    deadlineMs: longPollDeadline(context, context.limits.historyLongPollMs),
  };
  return ask({ kind: 'getHistory', namespaceId: namespace.id, history }, (page) => response(page, true));
}

interface Place {
  readonly workflowId: string;
  readonly runId: string;
  readonly fromEventId: number;
}

function firstEvent(
  execution: WorkflowExecution | undefined,
  token: Uint8Array,
  isReverse: boolean,
): Place | Rejection {
  const problem = checkExecution(execution);
  if (problem !== undefined) return problem;
  const { workflowId = '', runId = '' } = execution ?? {};
  if (token.length === 0) return { workflowId, runId, fromEventId: isReverse ? 0 : 1 };
  const place = decodeHistoryToken(token, isReverse);
  if (place === undefined) return invalidArgument('Invalid NextPageToken.');
  if (runId !== '' && runId !== place.runId)
    return invalidArgument('RunId in the request does not match the NextPageToken.');
  return { workflowId, runId: place.runId, fromEventId: place.nextEventId };
}

function pageSize(asked: number, { historyPageEventsMax }: Limits): number {
  return asked > 0 ? Math.min(asked, historyPageEventsMax) : historyPageEventsMax;
}

/** SDKs replay the task that is under way, people who look at a history should not see what may yet vanish. */
function wantsPendingTask({ clientName }: Caller): boolean {
  return clientName !== 'temporal-cli' && clientName !== 'temporal-ui';
}

function response(page: HistoryAnswer, isReverse: boolean): Init<GetWorkflowExecutionHistoryResponse> {
  const { history, runId, nextEventId } = page;
  const nextPageToken = nextEventId === undefined ? NO_TOKEN : encodeHistoryToken({ runId, nextEventId }, isReverse);
  return { history, nextPageToken };
}
