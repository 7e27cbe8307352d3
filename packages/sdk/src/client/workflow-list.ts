/** Lists of executions, page by page as they are consumed, and counts. */
import type { History } from '@perdure/protocol';
import { defaultPayloadConverter } from '../conversion/default-payload-converter.js';
import { ValueError } from '../conversion/errors.js';
import { payloadFromBytes } from '../conversion/payload.js';
import { converterFor } from './context.js';
import type { ClientContext } from './context.js';
import { translated } from './service-errors.js';
import { executionInfo } from './workflow-description.js';
import type { CountWorkflowExecution, WorkflowExecutionInfo } from './workflow-description.js';
import { fetchHistory } from './workflow-history.js';

export interface ListOptions {
  /** Filter, such as `WorkflowType = 'order' AND ExecutionStatus = 'Running'`. Default: all. */
  query?: string | undefined;
  /** Executions per call of the server. Default: the server's. */
  pageSize?: number | undefined;
}

export interface IntoHistoriesOptions {
  /** Histories that are fetched at once. Default 5. */
  concurrency?: number | undefined;
}

export interface HistoryAndWorkflowId {
  readonly workflowId: string;
  readonly history: History;
}

/** Fetches pages as it is consumed. */
export interface AsyncWorkflowListIterable extends AsyncIterable<WorkflowExecutionInfo> {
  /** The histories of the executions in the list, in no particular order. */
  intoHistories(options?: IntoHistoriesOptions): AsyncIterable<HistoryAndWorkflowId>;
}

export function listWorkflows(context: ClientContext, options: ListOptions = {}): AsyncWorkflowListIterable {
  const pages = (): AsyncGenerator<WorkflowExecutionInfo> => executions(context, options);
  return {
    [Symbol.asyncIterator]: pages,
    intoHistories: ({ concurrency = 5 } = {}) => histories(context, pages(), concurrency),
  };
}

async function* executions(context: ClientContext, options: ListOptions): AsyncGenerator<WorkflowExecutionInfo> {
  const { connection, namespace } = context;
  const { query, pageSize } = options;
  let nextPageToken: Uint8Array = new Uint8Array(0);
  do {
    const request = { namespace, query, pageSize, nextPageToken };
    const call = () => connection.workflowService.listWorkflowExecutions(request);
    const page = await translated('Workflows could not be listed', call);
    for (const raw of page.executions) {
      yield executionInfo(converterFor(context, raw.execution?.workflowId ?? ''), raw);
    }
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
}

/** As many at once as asked for: a history is given out as soon as it is there. */
async function* histories(
  context: ClientContext,
  list: AsyncGenerator<WorkflowExecutionInfo>,
  concurrency: number,
): AsyncGenerator<HistoryAndWorkflowId> {
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new ValueError('concurrency must be a whole number from 1');
  const running = new Map<number, Promise<readonly [key: number, found: HistoryAndWorkflowId]>>();
  let key = 0;
  for await (const { workflowId, runId } of list) {
    const mine = key++;
    const fetched = fetchHistory(context, { workflowId, runId });
    running.set(
      mine,
      fetched.then((history) => [mine, { workflowId, history }] as const),
    );
    if (running.size >= concurrency) yield await first(running);
  }
  while (running.size > 0) yield await first(running);
}

async function first<T>(running: Map<number, Promise<readonly [key: number, found: T]>>): Promise<T> {
  const [key, found] = await Promise.race(running.values());
  running.delete(key);
  return found;
}

export async function countWorkflows(context: ClientContext, query: string): Promise<CountWorkflowExecution> {
  const { connection, namespace } = context;
  const call = () => connection.workflowService.countWorkflowExecutions({ namespace, query });
  const { count, groups } = await translated('Workflows could not be counted', call);
  return {
    count,
    groups: groups.map((group) => ({
      count: group.count,
      // Values of search attributes: codecs do not touch them.
      groupValues: group.groupValues.map((bytes) => defaultPayloadConverter.fromPayload(payloadFromBytes(bytes))),
    })),
  };
}
