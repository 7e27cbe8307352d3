// Everything a server shows of the executions of one scenario: histories and descriptions of all runs and children.
import assert from 'node:assert/strict';

const namespace = 'default';

/**
 * Follows each execution to its later runs and its children.
 * Resolves to `{ executions: [{ workflowId, runId, history, describe }] }`, in order of discovery.
 */
export async function dumpScenario(server, { executions = [], runs = [] }) {
  const queue = [...runs, ...(await Promise.all(executions.map((one) => firstRun(server, one)))).flat()];
  const found = new Map();
  while (queue.length > 0) {
    const { workflowId, runId } = queue.shift();
    if (found.has(runId)) continue;
    const execution = await dumpRun(server, workflowId, runId);
    found.set(runId, execution);
    queue.push(...leadsTo(execution));
  }
  return { executions: [...found.values()] };
}

/** The run to begin with: the first of the chain of the newest one. Ids that were only reserved give none. */
async function firstRun(server, { workflowId }) {
  const described = await server
    .call('DescribeWorkflowExecution', { namespace, execution: { workflowId } })
    .catch((error) => {
      if (error.code === 'NOT_FOUND') return undefined;
      throw error;
    });
  if (!described) return [];
  return [{ workflowId, runId: described.workflowExecutionInfo.firstRunId }];
}

async function dumpRun(server, workflowId, runId) {
  const execution = { workflowId, runId };
  const [history, describe] = [
    await readHistory(server, execution, 0),
    await server.call('DescribeWorkflowExecution', { namespace, execution }),
  ];
  await checkPaging(server, execution, history);
  return { workflowId, runId, history, describe };
}

async function readHistory(server, execution, maximumPageSize, method = 'GetWorkflowExecutionHistory') {
  const events = [];
  let nextPageToken;
  do {
    const page = await server.call(method, { namespace, execution, maximumPageSize, nextPageToken });
    events.push(...(page.history?.events ?? []));
    nextPageToken = page.nextPageToken ? Buffer.from(page.nextPageToken, 'base64') : undefined;
  } while (nextPageToken);
  return events;
}

/** However it is read, in small pages or backwards, a history is the same. */
async function checkPaging(server, execution, history) {
  assert.deepEqual(
    await readHistory(server, execution, 50),
    history,
    `${execution.workflowId}: pages of 50 differ from the whole`,
  );
  const backwards = await readHistory(server, execution, 50, 'GetWorkflowExecutionHistoryReverse');
  assert.deepEqual(backwards.reverse(), history, `${execution.workflowId}: the reverse history differs`);
  const ids = history.map(({ eventId }) => Number(eventId));
  assert.deepEqual(
    ids,
    [...ids.keys()].map((i) => i + 1),
    `${execution.workflowId}: event ids are not contiguous`,
  );
}

/** Later runs of the chain, and children, that the history names. */
function leadsTo({ workflowId, history }) {
  return history.flatMap((event) => {
    const attributes = attributesOf(event);
    const next = attributes.newExecutionRunId ? [{ workflowId, runId: attributes.newExecutionRunId }] : [];
    const child =
      event.eventType === 'EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED' ? [attributes.workflowExecution] : [];
    return [...next, ...child];
  });
}

/** The one attributes field of an event. */
export function attributesOf(event) {
  const key = Object.keys(event).find((name) => name.endsWith('EventAttributes'));
  return key ? event[key] : {};
}
