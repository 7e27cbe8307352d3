/**
 * Many executions that wait on a month-long timer: the memory each takes, and after a kill and a restart how late the first
 * due timer fires and how long a describe of any of them takes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { EventType, History, workflowService } from '@perdure/protocol';
import { GrpcClient } from '../driver/grpc-client.js';
import { spreadOf } from '../driver/latencies.js';
import type { Spread } from '../driver/latencies.js';
import { DriverProcess } from '../driver/process.js';
import type { Options } from '../options.js';
import { ServerProcess } from '../target/server-process.js';

export interface OpenResult {
  readonly executions: number;
  readonly startsPerSecond: number;
  /** In use after a collection of garbage, before and after, divided by the executions. */
  readonly usedBytesEach: number;
  readonly residentBytesEach: number;
  /** Undefined in memory, where nothing outlives a kill. */
  readonly afterRestart: AfterRestart | undefined;
}

interface AfterRestart {
  readonly restartMs: number;
  readonly residentBytes: number;
  readonly timerLateMs: number;
  readonly describeMs: Spread;
}

const MONTH = `timer-${30 * 86_400_000}`;
const FIRST_DUE_MS = 10_000;
const DESCRIBES = 500;
const NAMESPACE = 'default';

export async function measureOpenExecutions(options: Options, dbFilename: string | undefined): Promise<OpenResult> {
  const { executions } = options;
  const taskQueue = `open-${process.pid}`;
  const server = await ServerProcess.start({ dbFilename, profileFolder: options.profileFolder });
  const { address } = server;
  const worker = await DriverProcess.open({ role: 'worker', address, taskQueue, connections: 1 });
  const client = await DriverProcess.open({ role: 'client', address, taskQueue });
  const idPrefix = `${taskQueue}-${client.pid}`;
  const before = await server.usedBytes();
  const { mark } = await client.ask({ kind: 'start', count: executions, workflowType: MONTH, concurrency: 50 });
  if (mark?.failure !== undefined) throw new Error(mark.failure);
  await untilIdle(worker);
  const after = await server.usedBytes();
  await client.ask({ kind: 'start', count: 1, workflowType: `timer-${FIRST_DUE_MS}`, concurrency: 1 });
  await untilIdle(worker);
  await client.close();
  await worker.close();
  if (dbFilename === undefined) await server.stop();
  else await server.kill();
  const afterRestart = dbFilename === undefined ? undefined : await measureRestart(dbFilename, idPrefix, executions);
  return {
    executions,
    startsPerSecond: executions / ((mark?.elapsedMs ?? 0) / 1_000),
    usedBytesEach: (after.usedBytes - before.usedBytes) / executions,
    residentBytesEach: (after.residentBytes - before.residentBytes) / executions,
    afterRestart,
  };
}

async function untilIdle(worker: DriverProcess): Promise<void> {
  for (;;) {
    await delay(500);
    const { operations, failure } = await worker.mark();
    if (failure !== undefined) throw new Error(failure);
    if (operations === 0) return;
  }
}

async function measureRestart(dbFilename: string, idPrefix: string, executions: number): Promise<AfterRestart> {
  const beganMs = performance.now();
  const server = await ServerProcess.start({ dbFilename });
  const restartMs = performance.now() - beganMs;
  const client = new GrpcClient(server.address);
  try {
    // Every SDK connects with this call; making a connection is no part of a describe.
    await client.call(workflowService.GetSystemInfo, {});
    const describeMs = await describeSome(client, idPrefix, executions);
    const timerLateMs = await lateness(client, `${idPrefix}-${executions + 1}`);
    const { residentBytes } = await server.usedBytes();
    return { restartMs, residentBytes, timerLateMs, describeMs };
  } finally {
    client.close();
    await server.stop();
  }
}

/** Executions spread over all, one at a time, each for the first time. */
async function describeSome(client: GrpcClient, idPrefix: string, executions: number): Promise<Spread> {
  const stride = Math.max(1, Math.floor(executions / DESCRIBES));
  const durationsMs: number[] = [];
  for (let no = 1; no <= executions; no += stride) {
    const beganMs = performance.now();
    const workflowId = `${idPrefix}-${no}`;
    await client.call(workflowService.DescribeWorkflowExecution, { namespace: NAMESPACE, execution: { workflowId } });
    durationsMs.push(performance.now() - beganMs);
  }
  return spreadOf(durationsMs);
}

/** Event times tell it: nobody needs to look at the moment when it happens. */
async function lateness(client: GrpcClient, workflowId: string): Promise<number> {
  for (;;) {
    const answer = await client.call(workflowService.GetWorkflowExecutionHistory, {
      namespace: NAMESPACE,
      execution: { workflowId },
    });
    const { events } = History.decode(answer.history ?? new Uint8Array(0));
    const at = (type: EventType): number | undefined => events.find(({ eventType }) => eventType === type)?.eventTime;
    const setMs = at(EventType.TIMER_STARTED);
    const firedMs = at(EventType.TIMER_FIRED);
    if (setMs !== undefined && firedMs !== undefined) return firedMs - setMs - FIRST_DUE_MS;
    await delay(100);
  }
}
