// Clients of the orders, on the official SDK: start, add items while the faults go on, close, take the result.
import { Client, Connection, ServiceError, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';

/** gRPC codes that leave open whether the call took effect: CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE. */
const UNKNOWN_OUTCOMES = new Set([1, 2, 4, 13, 14]);
const LONG_TIMER_MS = 5_000;
const ITEMS_MIN = 3;
const ITEMS_MAX = 40;

/**
 * Runs `count` orders at once. Resolves, when all have their result, to one record each:
 * `{ workflowId, runId, acknowledged, unknown, result }`; `runId` is undefined where a start was acknowledged to nobody.
 */
export async function placeOrders({ address, count, random, faults }) {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  let started = 0;
  const onStarted = () => ++started === count && faults.allStarted();
  try {
    return await Promise.all(
      Array.from({ length: count }, (_, i) => placeOrder({ client, random, faults, onStarted }, i)),
    );
  } finally {
    await connection.close();
  }
}

async function placeOrder({ client, random, faults, onStarted }, number) {
  const record = { workflowId: `order-${number}`, runId: undefined, acknowledged: [], unknown: [], result: undefined };
  const handle = await start(client, record);
  onStarted();
  for (let i = 0; i < ITEMS_MAX && (i < ITEMS_MIN || !faults.isOver()); i++) {
    await addItem(handle, record, number * 1000 + i);
    await delay(random.between(1_000, 4_000));
  }
  await insist(() => handle.signal('close'));
  record.result = await insist(() => handle.result());
  return record;
}

async function start(client, record) {
  const { workflowId } = record;
  const options = { workflowId, taskQueue: 'orders', args: [LONG_TIMER_MS], workflowTaskTimeout: '3s' };
  await insist(async () => {
    try {
      record.runId = (await client.workflow.start('order', options)).firstExecutionRunId;
    } catch (error) {
      // An earlier try, whose answer was lost, took effect.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  });
  return client.workflow.getHandle(workflowId);
}

async function addItem(handle, record, item) {
  try {
    await handle.signal('addItem', item);
    record.acknowledged.push(item);
  } catch (error) {
    if (!isOutcomeUnknown(error)) throw error;
    record.unknown.push(item);
  }
}

/** Tries until it succeeds, where the outcome was unknown and a repetition does no harm. */
async function insist(act) {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!isOutcomeUnknown(error)) throw error;
    }
  }
}

function isOutcomeUnknown(error) {
  return error instanceof ServiceError && UNKNOWN_OUTCOMES.has(error.cause?.code);
}
