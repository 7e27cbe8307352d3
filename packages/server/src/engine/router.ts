/** Each request to its part of the engine: an exhaustive table. */
import { EventType } from '@perdure/protocol';
import { reject } from '../core/rejection.js';
import { describeExecution } from '../core/execution/describe.js';
import { deleteExecution, deleteNamespace } from './deletion.js';
import type { Engine } from './engine.js';
import { getHistory } from './history.js';
import { requestLink } from './links.js';
import { countExecutions, listExecutions } from './lists.js';
import type { EngineRequest, ReplyTo } from './messages.js';
import { pollActivityTask, pollWorkflowTask } from './polls.js';
import { updateQueueSettings } from './queue-settings.js';
import { query, respondQuery } from './queries.js';
import { heartbeat, respondActivity, respondWorkflowTaskCompleted, respondWorkflowTaskFailed } from './responds.js';
import { signalInput } from '../core/execution/index.js';
import type { Run } from './run.js';
import { decideAndReply, withRun } from './shard.js';
import { start, signalWithStart, updateWithStart } from './starts.js';
import { describeTaskQueue } from './task-queues.js';
import { pollUpdate, update } from './updates.js';
import { shutdownWorker } from './workers.js';

type Routes = {
  readonly [K in EngineRequest['kind']]: (
    engine: Engine,
    replyTo: ReplyTo,
    request: Extract<EngineRequest, { kind: K }>,
  ) => void;
};

const ROUTES: Routes = {
  start,
  signalWithStart,
  updateWithStart,
  signal: (engine, replyTo, { namespaceId, request }) => {
    const { workflowId = '', runId = '' } = request.workflowExecution ?? {};
    withRun(engine, replyTo, namespaceId, workflowId, runId, (run) =>
      decideAndReply(engine, replyTo, run, { kind: 'signal', signal: signalInput(request) }, () => ({
        link: requestLink(run, request.requestId, EventType.WORKFLOW_EXECUTION_SIGNALED),
      })),
    );
  },
  requestCancel: (engine, replyTo, { namespaceId, request }) => {
    const { workflowId = '', runId = '' } = request.workflowExecution ?? {};
    withRun(engine, replyTo, namespaceId, workflowId, runId, (run) => {
      if (!isOfChain(run.state.start.firstRunId, request.firstExecutionRunId))
        return engine.refuse(replyTo, reject('WORKFLOW_NOT_FOUND', 'workflow execution not found'));
      decideAndReply(engine, replyTo, run, { kind: 'requestCancel', request }, () => ({}));
    });
  },
  terminate: (engine, replyTo, { namespaceId, request }) => {
    const { workflowId = '', runId = '' } = request.workflowExecution ?? {};
    withRun(engine, replyTo, namespaceId, workflowId, runId, (run) => {
      if (!isOfChain(run.state.start.firstRunId, request.firstExecutionRunId))
        return engine.refuse(replyTo, reject('WORKFLOW_NOT_FOUND', 'workflow execution not found'));
      decideAndReply(engine, replyTo, run, { kind: 'terminate', request }, () => ({}));
    });
  },
  deleteExecution: (engine, replyTo, { namespaceId, workflowId, runId }) =>
    deleteExecution(engine, replyTo, namespaceId, workflowId, runId),
  resetSticky: (engine, replyTo, { namespaceId, workflowId, runId }) =>
    withRun(engine, replyTo, namespaceId, workflowId, runId, (run) =>
      decideAndReply(engine, replyTo, run, { kind: 'resetSticky' }, () => ({})),
    ),
  describe: (engine, replyTo, { namespaceId, request }) => {
    const { workflowId = '', runId = '' } = request.execution ?? {};
    withRun(engine, replyTo, namespaceId, workflowId, runId, (run) =>
      engine.answerAfter(run, replyTo, () => engine.reply(replyTo, describe(engine, run))),
    );
  },
  query: (engine, replyTo, { namespaceId, request, deadlineMs }) =>
    query(engine, replyTo, namespaceId, request, deadlineMs),
  update: (engine, replyTo, { namespaceId, request, deadlineMs }) =>
    update(engine, replyTo, namespaceId, request, deadlineMs),
  pollUpdate: (engine, replyTo, { namespaceId, request, deadlineMs }) =>
    pollUpdate(engine, replyTo, namespaceId, request, deadlineMs),
  getHistory: (engine, replyTo, { namespaceId, history }) => getHistory(engine, replyTo, namespaceId, history),
  pollWorkflowTask: (engine, replyTo, { namespaceId, request, deadlineMs }) =>
    pollWorkflowTask(engine, replyTo, namespaceId, request, deadlineMs),
  pollActivityTask: (engine, replyTo, { namespaceId, request, deadlineMs }) =>
    pollActivityTask(engine, replyTo, namespaceId, request, deadlineMs),
  respondWorkflowTaskCompleted,
  respondWorkflowTaskFailed,
  respondQueryTaskCompleted: (engine, replyTo, { token, request }) => respondQuery(engine, replyTo, token, request),
  activityHeartbeat: heartbeat,
  respondActivityCompleted: respondActivity,
  respondActivityFailed: respondActivity,
  respondActivityCanceled: respondActivity,
  shutdownWorker: (engine, replyTo, { namespaceId, request }) => shutdownWorker(engine, replyTo, namespaceId, request),
  list: (engine, replyTo, { filter }) => listExecutions(engine, replyTo, filter),
  count: (engine, replyTo, { filter }) => countExecutions(engine, replyTo, filter),
  describeTaskQueue,
  updateTaskQueueConfig: updateQueueSettings,
  putNamespace: (engine, replyTo, { namespace, mustBeNew }) => {
    if (mustBeNew && engine.namespaces.byName(namespace.name) !== undefined) {
      engine.refuse(
        replyTo,
        reject('NAMESPACE_ALREADY_EXISTS', 'Namespace already exists.', {
          kind: 'namespace',
          namespace: namespace.name,
        }),
      );
      return;
    }
    engine.namespaces.put(engine, namespace, () => engine.reply(replyTo, {}));
  },
  deleteNamespace: (engine, replyTo, { namespaceId }) => deleteNamespace(engine, replyTo, namespaceId),
  barrier: (engine, replyTo) => engine.afterAll(() => engine.reply(replyTo, {})),
};

function describe(engine: Engine, run: Run): object {
  const customAttributes =
    engine.namespaces.byId(run.durable.namespaceId)?.searchAttributes ?? new Map<string, number>();
  const retentionMs = engine.namespaces.retentionMs(run.durable.namespaceId);
  return describeExecution(run.durable, { nowMs: engine.nowMs, customAttributes, retentionMs });
}

const isOfChain = (firstRunId: string, wanted: string): boolean => wanted === '' || wanted === firstRunId;

export function route(engine: Engine, replyTo: ReplyTo, request: EngineRequest): void {
  const handler = ROUTES[request.kind] as (engine: Engine, replyTo: ReplyTo, request: EngineRequest) => void;
  handler(engine, replyTo, request);
}
