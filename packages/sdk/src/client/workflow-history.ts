/** The events of one run. */
import { History } from '@perdure/protocol';
import type { WorkflowExecution } from '../conversion/workflow-types.js';
import type { ClientContext } from './context.js';
import { translated } from './service-errors.js';

/** All events so far, oldest first. Rejects with WorkflowNotFoundError when there is no such execution. */
export async function fetchHistory(
  { connection, namespace }: ClientContext,
  execution: WorkflowExecution,
): Promise<History> {
  const history: History = { events: [] };
  let nextPageToken: Uint8Array = new Uint8Array(0);
  do {
    const request = { namespace, execution, nextPageToken };
    const call = () => connection.workflowService.getWorkflowExecutionHistory(request);
    const page = await translated('The history could not be fetched', call, execution);
    if (page.history !== undefined) history.events.push(...History.decode(page.history).events);
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
  return history;
}
