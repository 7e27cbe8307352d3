/** A server that skips time, and a worker by hand: what the tests of this folder share. Has no tests itself. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { CommandType, TimeoutType, testService, workflowService } from '@perdure/protocol';
import type {
  Init,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
  RespondWorkflowTaskCompletedRequest,
  Rpc,
} from '@perdure/protocol';
import { createServer } from '../create-server.js';
import type { Server } from '../create-server.js';
import { VirtualClock } from './virtual-clock.js';
import type { VirtualClockOptions } from './virtual-clock.js';

export const SECOND_MS = 1_000;
export const DAY_MS = 86_400 * SECOND_MS;

export type Command = NonNullable<Init<RespondWorkflowTaskCompletedRequest>['commands']>[number];

export interface SkippingWorld {
  readonly server: Server;
  readonly clock: VirtualClock;
  call<Request, Response>(rpc: Rpc<Request, Response>, request: Init<Request>, timeoutMs?: number): Promise<Response>;
}

/** Everything is closed after the test. */
export async function skippingWorld(
  t: TestContext,
  options: VirtualClockOptions = {},
  tell: (message: string) => void = () => undefined,
): Promise<SkippingWorld> {
  const clock = new VirtualClock(options);
  const server = await createServer({ clock, log: { write: (_level, message) => tell(message) } });
  t.after(() => server.close(0));
  return {
    server,
    clock,
    async call(rpc, request, timeoutMs) {
      const sent = timeoutMs === undefined ? {} : { timeoutMs };
      const answer = await server.transport.invoke(rpc.path, rpc.request.encode(request), sent);
      assert.ok(answer.ok, answer.ok ? '' : `${answer.code} ${answer.message}`);
      return rpc.response.decode(answer.bytes);
    },
  };
}

const namespace = 'default';

export async function start(world: SkippingWorld, workflowId: string, more: object = {}): Promise<string> {
  const { runId } = await world.call(workflowService.StartWorkflowExecution, {
    namespace,
    workflowId,
    workflowType: { name: 't' },
    taskQueue: { name: 'q' },
    requestId: workflowId,
    ...more,
  });
  return runId;
}

/** Polls one workflow task and answers it with these commands. */
export async function workflowTask(
  world: SkippingWorld,
  ...commands: Command[]
): Promise<PollWorkflowTaskQueueResponse> {
  const task = await world.call(workflowService.PollWorkflowTaskQueue, {
    namespace,
    taskQueue: { name: 'q' },
    identity: 'hand',
  });
  assert.notEqual(task.taskToken.length, 0, 'a task');
  await world.call(workflowService.RespondWorkflowTaskCompleted, {
    namespace,
    taskToken: task.taskToken,
    identity: 'hand',
    commands,
  });
  return task;
}

export async function pollActivity(world: SkippingWorld): Promise<PollActivityTaskQueueResponse> {
  return world.call(workflowService.PollActivityTaskQueue, { namespace, taskQueue: { name: 'q' }, identity: 'hand' });
}

export async function completeActivity(world: SkippingWorld, taskToken: Uint8Array): Promise<void> {
  await world.call(workflowService.RespondActivityTaskCompleted, { namespace, taskToken, identity: 'hand' });
}

export const timer = (timerId: string, startToFireTimeout: number): Command => ({
  commandType: CommandType.START_TIMER,
  attributes: { timerId, startToFireTimeout },
});

export const activity = (activityId: string, more: object): Command =>
  ({
    commandType: CommandType.SCHEDULE_ACTIVITY_TASK,
    attributes: { activityId, activityType: { name: 'a' }, taskQueue: { name: 'q' }, ...more },
  }) as Command;

export const complete: Command = { commandType: CommandType.COMPLETE_WORKFLOW_EXECUTION, attributes: {} };

/** Waits for the end of an execution, as a client does that awaits its result. */
export async function closed(world: SkippingWorld, workflowId: string, timeoutMs?: number): Promise<void> {
  await world.call(
    workflowService.GetWorkflowExecutionHistory,
    { namespace, execution: { workflowId }, waitNewEvent: true, historyEventFilterType: 2 },
    timeoutMs,
  );
}

export async function isOpen(world: SkippingWorld, workflowId: string): Promise<boolean> {
  const { workflowExecutionInfo: info } = await world.call(workflowService.DescribeWorkflowExecution, {
    namespace,
    execution: { workflowId },
  });
  return info?.status === 1;
}

export const lock = (world: SkippingWorld): Promise<object> => world.call(testService.LockTimeSkipping, {});
export const unlock = (world: SkippingWorld): Promise<object> => world.call(testService.UnlockTimeSkipping, {});
export const sleep = (world: SkippingWorld, duration: number): Promise<object> =>
  world.call(testService.UnlockTimeSkippingWithSleep, { duration });
export const now = async (world: SkippingWorld): Promise<number> =>
  (await world.call(testService.GetCurrentTime, {})).time ?? 0;

export { TimeoutType };
