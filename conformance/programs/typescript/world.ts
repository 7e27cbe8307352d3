// What a scenario works with: clients, a running worker, unique ids, and ways to wait for events instead of for time.
import { Client, Connection } from '@temporalio/client';
import type { TLSConfig, WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import type { WorkerOptions, WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { connect } from '../../wire/client.mjs';
import type { WireClient } from '../../wire/client.mjs';
import * as activities from './activities.js';
import { makeAsyncActivities } from './async-activities.js';

/** One scenario: `run` makes executions, waits for their end and checks results; it throws when a check fails. */
export interface Scenario {
  readonly name: string;
  run(at: Place): Promise<void>;
}

/** The part of the world that belongs to one scenario. */
export interface Place {
  readonly client: Client;
  readonly queue: string;
  readonly native: NativeConnection;
  /** A workflow id of this scenario, recorded so that its history is dumped. */
  id(suffix?: string): string;
  /** Facts to compare besides histories. */
  readonly observed: Record<string, unknown>;
  readonly executions: { workflowId: string }[];
  /** Older runs of the ids above, which no history leads to. */
  readonly runs: { workflowId: string; runId: string }[];
  /** Adds the present answer of DescribeWorkflowExecution to `observed`. */
  snapshot(workflowId: string): Promise<void>;
  /** The run that a closed one was followed by. */
  nextRunId(workflowId: string, runId: string): Promise<string | undefined>;
  eventually(isDone: () => Promise<boolean>): Promise<void>;
  /** Resolves when `count` events of the type are in the history and no workflow task is pending. */
  settled(handle: WorkflowHandle, type: string, count?: number): Promise<void>;
  /** Resolves when a pending activity has the state. */
  activityIs(handle: WorkflowHandle, state: 'SCHEDULED' | 'STARTED' | 'CANCEL_REQUESTED'): Promise<void>;
  /** Resolves when the server has a heartbeat of a pending activity. */
  heartbeaten(handle: WorkflowHandle): Promise<void>;
  /** A queue without a worker; `work` runs one on it until the promise settles. */
  otherQueue(suffix: string): {
    queue: string;
    work<T>(until: Promise<T>, options?: Partial<WorkerOptions>): Promise<T>;
  };
}

export interface World {
  at(scenario: string): Place;
  close(): Promise<void>;
}

/** Connects, bundles the workflows once and starts the worker that serves all scenarios. */
export async function openWorld(
  address: string,
  nonce: string,
  tls?: { ca?: Buffer; cert?: Buffer; key?: Buffer },
): Promise<World> {
  const security = tls && toTlsConfig(tls);
  const connection = await Connection.connect({ address, ...(security && { tls: security }) });
  const native = await NativeConnection.connect({ address, ...(security && { tls: security }) });
  const client = new Client({ connection });
  const bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflows/index.js', import.meta.url)),
    logger: silent,
  });
  const worker = await makeWorker(native, client, bundle, `ts-${nonce}`);
  const running = worker.run();
  const wire = connect(address, tls);
  return {
    at: (scenario) => makePlace(scenario, nonce, client, native, bundle, wire),
    async close() {
      wire.close();
      worker.shutdown();
      await running;
      await native.close();
      await connection.close();
    },
  };
}

const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

function toTlsConfig({ ca, cert, key }: { ca?: Buffer; cert?: Buffer; key?: Buffer }): TLSConfig {
  return { ...(ca && { serverRootCACertificate: ca }), ...(cert && key && { clientCertPair: { crt: cert, key } }) };
}

function makeWorker(
  connection: NativeConnection,
  client: Client,
  workflowBundle: WorkflowBundleWithSourceMap,
  taskQueue: string,
  options: Partial<WorkerOptions> = {},
): Promise<Worker> {
  return Worker.create({
    connection,
    workflowBundle,
    taskQueue,
    activities: { ...activities, ...makeAsyncActivities(client) },
    shutdownForceTime: '5s',
    maxHeartbeatThrottleInterval: '200ms',
    defaultHeartbeatThrottleInterval: '200ms',
    ...options,
  });
}

function makePlace(
  scenario: string,
  nonce: string,
  client: Client,
  native: NativeConnection,
  bundle: WorkflowBundleWithSourceMap,
  wire: WireClient,
): Place {
  const executions: { workflowId: string }[] = [];
  const observed: Record<string, unknown> = {};
  return {
    client,
    native,
    queue: `ts-${nonce}`,
    executions,
    runs: [],
    observed,
    eventually: poll,
    snapshot: async (workflowId) => void (observed[`describe ${workflowId}`] = await describe(wire, workflowId)),
    nextRunId: (workflowId, runId) => nextRunId(wire, workflowId, runId),
    id(suffix = '') {
      const workflowId = `${scenario}${suffix && `-${suffix}`}-${nonce}`;
      if (!executions.some((known) => known.workflowId === workflowId)) executions.push({ workflowId });
      return workflowId;
    },
    settled: (handle, type, count = 1) => poll(() => isSettled(handle, type, count)),
    activityIs: (handle, state) => poll(async () => hasActivityIn(handle, `PENDING_ACTIVITY_STATE_${state}`)),
    heartbeaten: (handle) =>
      poll(async () =>
        Boolean((await handle.describe()).raw.pendingActivities?.some(({ lastHeartbeatTime }) => lastHeartbeatTime)),
      ),
    otherQueue(suffix) {
      const queue = `ts-${scenario}-${suffix}-${nonce}`;
      return {
        queue,
        work: async (until, options) => (await makeWorker(native, client, bundle, queue, options)).runUntil(until),
      };
    },
  };
}

/** By the wire and not by the SDK, whose own form of the answer is not what is compared. */
function describe(wire: WireClient, workflowId: string): Promise<unknown> {
  return wire.call('DescribeWorkflowExecution', { namespace: 'default', execution: { workflowId } });
}

async function nextRunId(wire: WireClient, workflowId: string, runId: string): Promise<string | undefined> {
  const execution = { workflowId, runId };
  const answer = await wire.call('GetWorkflowExecutionHistory', {
    namespace: 'default',
    execution,
    historyEventFilterType: 'HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT',
  });
  const { events = [] } = answer['history'] as { events?: Record<string, { newExecutionRunId?: string }>[] };
  const [closed = {}] = events;
  return Object.values(closed).find((attributes) => attributes?.newExecutionRunId)?.newExecutionRunId;
}

async function isSettled(handle: WorkflowHandle, type: string, count: number): Promise<boolean> {
  const { events } = await handle.fetchHistory();
  const seen = (events ?? []).filter((event) => eventTypeName(event.eventType) === type).length;
  if (seen < count) return false;
  const { raw } = await handle.describe();
  return !raw.pendingWorkflowTask;
}

async function hasActivityIn(handle: WorkflowHandle, state: string): Promise<boolean> {
  const { raw } = await handle.describe();
  return (raw.pendingActivities ?? []).some((activity) => pendingStates[activity.state ?? 0] === state);
}

const pendingStates = [
  'PENDING_ACTIVITY_STATE_UNSPECIFIED',
  'PENDING_ACTIVITY_STATE_SCHEDULED',
  'PENDING_ACTIVITY_STATE_STARTED',
  'PENDING_ACTIVITY_STATE_CANCEL_REQUESTED',
];

async function poll(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** The event types that scenarios wait for, by number. */
const eventTypes: Record<number, string> = {
  5: 'WorkflowTaskScheduled',
  7: 'WorkflowTaskCompleted',
  10: 'ActivityTaskScheduled',
  15: 'ActivityTaskCancelRequested',
  17: 'TimerStarted',
  24: 'ExternalWorkflowExecutionCancelRequested',
  25: 'MarkerRecorded',
  26: 'WorkflowExecutionSignaled',
  27: 'WorkflowExecutionTerminated',
  31: 'ChildWorkflowExecutionStarted',
  39: 'ExternalWorkflowExecutionSignaled',
};

function eventTypeName(type: number | null | undefined): string | undefined {
  return type == null ? undefined : eventTypes[type];
}
