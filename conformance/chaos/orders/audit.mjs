// After the faults: every order is there once, with what was acknowledged, and every view of it agrees.
import assert from 'node:assert/strict';
import { connect } from '../../wire/client.mjs';
import { dumpScenario } from '../../harness/dump.mjs';
import { checkHistory } from '../well-formed.mjs';
import { priceOf } from './price.mjs';

const namespace = 'default';

/** Throws an AssertionError that names the order. Resolves to what was seen, for the log. */
export async function auditOrders(address, records) {
  const server = connect(address);
  try {
    let events = 0;
    for (const record of records) events += await auditOrder(server, record);
    await auditVisibility(server, records);
    const acknowledged = records.reduce((sum, record) => sum + record.acknowledged.length, 0);
    const unknown = records.reduce((sum, record) => sum + record.unknown.length, 0);
    return `${records.length} executions, ${acknowledged} signals acknowledged, ${unknown} of unknown outcome, ${events} events`;
  } finally {
    server.close();
  }
}

async function auditOrder(server, { workflowId, runId, acknowledged, unknown, result }) {
  const { executions } = await dumpScenario(server, { executions: [{ workflowId }] });
  assert.equal(executions.length, 1, `${workflowId} has one run`);
  const [{ history, describe, runId: actualRunId }] = executions;
  if (runId !== undefined) assert.equal(actualRunId, runId, `${workflowId}: the run that was acknowledged`);
  assert.equal(describe.workflowExecutionInfo.status, 'WORKFLOW_EXECUTION_STATUS_COMPLETED', workflowId);
  assert.equal(describe.workflowExecutionInfo.historyLength, String(history.length), `${workflowId}: historyLength`);
  checkHistory(history, workflowId);
  const signals = history.filter(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'addItem',
  );
  const items = signals.map((event) => jsonOf(event.workflowExecutionSignaledEventAttributes.input));
  checkItems(workflowId, items, acknowledged, unknown);
  assert.deepEqual(
    result,
    { items, total: items.reduce((sum, item) => sum + priceOf(item), 0) },
    `${workflowId}: result`,
  );
  return history.length;
}

/** Each acknowledged item once and in order; of the others at most once; nothing else. */
function checkItems(workflowId, items, acknowledged, unknown) {
  assert.equal(new Set(items).size, items.length, `${workflowId}: no item twice: ${items}`);
  const maybe = new Set(unknown);
  assert.deepEqual(
    items.filter((item) => !maybe.has(item)),
    acknowledged,
    `${workflowId}: the acknowledged items, in order`,
  );
}

async function auditVisibility(server, records) {
  const query = "WorkflowType = 'order'";
  const rows = await listAll(server, query);
  const byId = (a, b) => (a < b ? -1 : 1);
  assert.deepEqual(
    rows.map(({ execution }) => execution.workflowId).sort(byId),
    records.map(({ workflowId }) => workflowId).sort(byId),
    'the list has every execution once',
  );
  for (const { execution, status } of rows)
    assert.equal(status, 'WORKFLOW_EXECUTION_STATUS_COMPLETED', execution.workflowId);
  const count = async (condition) =>
    (await server.call('CountWorkflowExecutions', { namespace, query: condition })).count ?? '0';
  assert.equal(await count(query), String(records.length), 'the count of all');
  assert.equal(
    await count(`${query} AND ExecutionStatus = 'Completed'`),
    String(records.length),
    'the count of completed ones',
  );
  assert.equal(await count("ExecutionStatus = 'Running'"), '0', 'the count of running ones');
}

async function listAll(server, query) {
  const rows = [];
  let nextPageToken;
  do {
    const page = await server.call('ListWorkflowExecutions', { namespace, query, pageSize: 37, nextPageToken });
    rows.push(...(page.executions ?? []));
    nextPageToken = page.nextPageToken ? Buffer.from(page.nextPageToken, 'base64') : undefined;
  } while (nextPageToken);
  return rows;
}

function jsonOf({ payloads }) {
  return JSON.parse(Buffer.from(payloads[0].data, 'base64').toString());
}
