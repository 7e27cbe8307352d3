/**
 * Child workflows (server-surface 3.5). The parent's Initiated event and the message that starts the child are one commit;
 * the child's start and the message that tells the parent are one commit. A crash between them loses nothing.
 */
import {
  EventType,
  ParentClosePolicy,
  WorkflowExecutionStartedEventAttributes,
  WorkflowTaskFailedCause as Cause,
} from '@perdure/protocol';
import type {
  Init,
  StartChildWorkflowExecutionCommandAttributes,
  StartChildWorkflowExecutionFailedCause,
} from '@perdure/protocol';
import { parseCron } from '../schedule/cron-parse.js';
import { searchAttributesFailure } from './attributes.js';
import { lengthProblem, namespaceProblem } from './command-check.js';
import type { CommandContext, CommandOutcome } from './commands.js';
import type { Draft } from './draft.js';
import type { ChildOutcome, ExecutionMessage } from './messages.js';
import { retryPolicyProblem, retryPolicyWithDefaults } from './retry.js';
import { oversized, tooLong as isTooLong } from './sizes.js';
import { BUFFERED_EVENT_ID } from './state.js';
import type { ExecutionState, PendingChild } from './state.js';
import { cappedTimeouts, ifGiven } from './start.js';

type MessageOf<K extends ExecutionMessage['kind']> = Extract<ExecutionMessage, { kind: K }>;

export function startChild(
  { draft, completedEventId, options }: CommandContext,
  a: StartChildWorkflowExecutionCommandAttributes,
): CommandOutcome {
  const { state } = draft;
  const cause = Cause.BAD_START_CHILD_EXECUTION_ATTRIBUTES;
  const foreign = namespaceProblem(draft, cause, a.namespace);
  if (foreign !== undefined) return foreign;
  const problem = childProblem(draft, a);
  if (problem !== undefined) return { cause, message: problem };
  const badAttributes = searchAttributesFailure(draft, a.searchAttributes);
  if (badAttributes !== undefined) return badAttributes;
  const tooBig = oversized(draft, cause, 'StartChildWorkflowExecutionCommandAttributes.Input', a.input);
  if (tooBig !== undefined) return tooBig;
  const { pendingChildrenMax } = draft.env.limits;
  if (state.children.size >= pendingChildrenMax) {
    const message = `the number of pending child workflow executions, ${state.children.size}, has reached the per-workflow limit of ${pendingChildrenMax}`;
    return { cause: Cause.PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED, message };
  }
  const capped = cappedTimeouts(a, draft.env.limits);
  const timeouts = {
    ...capped,
    workflowExecutionTimeout: ifGiven(a.workflowExecutionTimeout, capped.workflowExecutionTimeout),
  };
  const memo = a.memo?.length === 0 ? undefined : a.memo;
  const taskQueue =
    (a.taskQueue?.name ?? '') === ''
      ? { name: state.start.taskQueue, kind: 1 as const }
      : { name: a.taskQueue?.name ?? '', kind: 1 as const };
  const retryPolicy = a.retryPolicy === undefined ? undefined : retryPolicyWithDefaults(a.retryPolicy);
  const workflowType = a.workflowType;
  const priority = a.priority ?? state.start.priority;
  const initiatedEventId = draft.write(
    EventType.START_CHILD_WORKFLOW_EXECUTION_INITIATED,
    {
      namespace: state.namespace,
      namespaceId: state.namespaceId,
      workflowId: a.workflowId,
      workflowType,
      taskQueue,
      input: a.input,
      ...timeouts,
      parentClosePolicy:
        a.parentClosePolicy === ParentClosePolicy.UNSPECIFIED ? ParentClosePolicy.TERMINATE : a.parentClosePolicy,
      control: a.control,
      workflowTaskCompletedEventId: completedEventId,
      workflowIdReusePolicy: a.workflowIdReusePolicy === 0 ? 1 : a.workflowIdReusePolicy,
      retryPolicy,
      cronSchedule: a.cronSchedule,
      header: a.header,
      memo,
      searchAttributes: a.searchAttributes,
      inheritBuildId: a.inheritBuildId,
      priority,
    },
    options,
  );
  const attributes: Init<WorkflowExecutionStartedEventAttributes> = {
    workflowType,
    parentWorkflowNamespace: state.namespace,
    parentWorkflowNamespaceId: state.namespaceId,
    parentWorkflowExecution: { workflowId: state.workflowId, runId: state.runId },
    parentInitiatedEventId: initiatedEventId,
    taskQueue,
    input: a.input,
    ...timeouts,
    retryPolicy,
    attempt: 1,
    cronSchedule: a.cronSchedule,
    memo,
    searchAttributes: a.searchAttributes,
    header: a.header,
    workflowId: a.workflowId,
    rootWorkflowExecution: { workflowId: state.start.rootWorkflowId, runId: state.start.rootRunId },
    priority,
  };
  draft.effect({
    kind: 'send',
    to: { namespaceId: state.namespaceId, workflowId: a.workflowId, runId: '' },
    message: {
      kind: 'startChild',
      from: { namespaceId: state.namespaceId, workflowId: state.workflowId, runId: state.runId },
      initiatedEventId,
      requestId: draft.env.newId(),
      start: {
        namespace: state.namespace,
        workflowIdReusePolicy: a.workflowIdReusePolicy,
        attributes: WorkflowExecutionStartedEventAttributes.encode(attributes),
        userMetadata: options.userMetadata,
      },
    },
  });
  return undefined;
}

function childProblem(draft: Draft, a: StartChildWorkflowExecutionCommandAttributes): string | undefined {
  const command = 'StartChildWorkflowExecutionCommand';
  const workflowType = a.workflowType?.name ?? '';
  const ofNamespace = ` Namespace=${draft.state.namespace}`;
  const ofType = ` WorkflowType=${workflowType}${ofNamespace}`;
  const ofId = ` WorkflowId=${a.workflowId}`;
  if (a.workflowId === '') return `Required field WorkflowId is not set on ${command}.${ofType}`;
  if (workflowType === '') return `Required field WorkflowType is not set on ${command}.${ofId}${ofNamespace}`;
  const tooLong =
    lengthProblem(draft, 'WorkflowId', command, a.workflowId, { after: ofType }) ??
    lengthProblem(draft, 'WorkflowType', command, workflowType, { before: ofId, after: ofNamespace });
  if (tooLong !== undefined) return tooLong;
  if (isTooLong(draft, a.taskQueue?.name)) {
    const ofQueue = ` TaskQueue=name:"${a.taskQueue?.name ?? ''}" kind:TASK_QUEUE_KIND_NORMAL`;
    return `invalid TaskQueue on ${command}: taskQueue length exceeds limit.${ofId}${ofType}${ofQueue}`;
  }
  for (const [name, value] of Object.entries({
    WorkflowExecutionTimeout: a.workflowExecutionTimeout,
    WorkflowRunTimeout: a.workflowRunTimeout,
    WorkflowTaskTimeout: a.workflowTaskTimeout,
  })) {
    if ((value ?? 0) < 0) return `Invalid ${name} on ${command}: negative duration.${ofId}${ofType}`;
  }
  const retryProblem = retryPolicyProblem(a.retryPolicy);
  if (retryProblem !== undefined) return `invalid WorkflowRetryPolicy on ${command}: ${retryProblem}.${ofId}${ofType}`;
  const hasBadCron = a.cronSchedule !== '' && 'error' in parseCron(a.cronSchedule);
  return hasBadCron ? `invalid CronSchedule on ${command}: invalid CronSchedule..${ofId}${ofType}` : undefined;
}

export function childStarted(draft: Draft, { initiatedEventId, runId, header }: MessageOf<'childStarted'>): void {
  const child = draft.state.children.get(initiatedEventId);
  if (child === undefined || child.startedEventId !== 0) return;
  draft.happen(EventType.CHILD_WORKFLOW_EXECUTION_STARTED, {
    namespace: child.namespace,
    namespaceId: child.namespaceId,
    initiatedEventId,
    workflowExecution: { workflowId: child.workflowId, runId },
    workflowType: { name: child.workflowType },
    header,
  });
  draft.wantWorkflowTask();
}

export function childStartFailed(draft: Draft, { initiatedEventId, cause }: MessageOf<'childStartFailed'>): void {
  const child = draft.state.children.get(initiatedEventId);
  if (child === undefined || child.startedEventId !== 0) return;
  draft.happen(EventType.START_CHILD_WORKFLOW_EXECUTION_FAILED, {
    namespace: child.namespace,
    namespaceId: child.namespaceId,
    workflowId: child.workflowId,
    workflowType: { name: child.workflowType },
    cause: cause as StartChildWorkflowExecutionFailedCause,
    initiatedEventId,
    workflowTaskCompletedEventId: 0,
  });
  draft.wantWorkflowTask();
}

export function childClosed(
  draft: Draft,
  { initiatedEventId, workflowId, runId, outcome }: MessageOf<'childClosed'>,
): void {
  const child = draft.state.children.get(initiatedEventId);
  if (child === undefined || child.workflowId !== workflowId) return;
  writeChildOutcome(draft, child, runId, outcome);
  draft.wantWorkflowTask();
}

function writeChildOutcome(draft: Draft, child: PendingChild, runId: string, outcome: ChildOutcome): void {
  const same = {
    namespace: child.namespace,
    namespaceId: child.namespaceId,
    workflowExecution: { workflowId: child.workflowId, runId },
    workflowType: { name: child.workflowType },
    initiatedEventId: child.initiatedEventId,
    startedEventId: child.startedEventId === 0 ? BUFFERED_EVENT_ID : child.startedEventId,
  };
  switch (outcome.kind) {
    case 'completed':
      draft.happen(EventType.CHILD_WORKFLOW_EXECUTION_COMPLETED, { ...same, result: outcome.result });
      return;
    case 'failed':
      draft.happen(EventType.CHILD_WORKFLOW_EXECUTION_FAILED, {
        ...same,
        failure: outcome.failure,
        retryState: outcome.retryState as never,
      });
      return;
    case 'canceled':
      draft.happen(EventType.CHILD_WORKFLOW_EXECUTION_CANCELED, { ...same, details: outcome.details });
      return;
    case 'timedOut':
      draft.happen(EventType.CHILD_WORKFLOW_EXECUTION_TIMED_OUT, { ...same, retryState: outcome.retryState as never });
      return;
    case 'terminated':
      draft.happen(EventType.CHILD_WORKFLOW_EXECUTION_TERMINATED, same);
      return;
  }
}

/** The parent hears of the close when no run follows this one. */
export function tellParent(draft: Draft, outcome: ChildOutcome): void {
  const { state } = draft;
  const { parent } = state.start;
  if (parent === undefined) return;
  draft.effect({
    kind: 'send',
    to: { namespaceId: parent.namespaceId, workflowId: parent.workflowId, runId: parent.runId },
    message: {
      kind: 'childClosed',
      initiatedEventId: parent.initiatedEventId,
      workflowId: state.workflowId,
      runId: state.runId,
      outcome,
    },
  });
}

/** What becomes of the children when this run closes for good. */
export function applyParentClosePolicies(draft: Draft): void {
  const { state } = draft;
  for (const child of state.children.values()) {
    if (child.parentClosePolicy === ParentClosePolicy.ABANDON) continue;
    const policy = child.parentClosePolicy === ParentClosePolicy.REQUEST_CANCEL ? 'cancel' : 'terminate';
    const parent = linkToChild(state, child);
    draft.effect({
      kind: 'send',
      to: { namespaceId: child.namespaceId, workflowId: child.workflowId, runId: '' },
      message: { kind: 'parentClosed', parent, policy, firstRunId: child.runId },
    });
  }
}

function linkToChild(state: ExecutionState, child: PendingChild): MessageOf<'parentClosed'>['parent'] {
  const { namespaceId, namespace, workflowId, runId } = state;
  return { namespaceId, namespace, workflowId, runId, initiatedEventId: child.initiatedEventId };
}
