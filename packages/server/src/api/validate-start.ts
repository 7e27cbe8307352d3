/** Checks of what makes a run: its times, retry policy, cron text, attributes, links, priority. */
import { Callback, Link, SearchAttributes, TimeoutType } from '@perdure/protocol';
import type {
  LinkWorkflowEvent,
  Priority,
  RetryPolicy,
  StartWorkflowExecutionRequest,
  VersioningOverride,
} from '@perdure/protocol';
import { searchAttributesProblem } from '../core/attributes/check.js';
import { retryPolicyProblem } from '../core/execution/retry.js';
import type { Limits } from '../core/limits.js';
import { invalidArgument, reject } from '../core/rejection.js';
import { parseCron } from '../core/schedule/cron.js';
import type { NamespaceRecord } from '../engine/messages.js';
import type { ApiContext } from './contract.js';
import { refuseIf, utf8Length } from './validate.js';
import type { Problem } from './validate.js';

/** Fields that Start and SignalWithStart have in common. */
export type RunFields = Pick<
  StartWorkflowExecutionRequest,
  | 'workflowExecutionTimeout'
  | 'workflowRunTimeout'
  | 'workflowTaskTimeout'
  | 'workflowStartDelay'
  | 'retryPolicy'
  | 'cronSchedule'
  | 'memo'
  | 'searchAttributes'
  | 'links'
  | 'priority'
  | 'versioningOverride'
>;

/** The fields that every kind of start checks in the same words. */
export function checkRunFields(request: RunFields, context: ApiContext, namespace: NamespaceRecord): Problem {
  const { limits } = context;
  return (
    checkRetryPolicy(request.retryPolicy) ??
    checkDuration('WorkflowStartDelaySeconds', request.workflowStartDelay) ??
    checkCron(request.cronSchedule) ??
    refuseIf(
      request.cronSchedule !== '' && request.workflowStartDelay !== undefined,
      'CronSchedule and WorkflowStartDelay may not be used together.',
    ) ??
    checkDuration('WorkflowExecutionTimeoutSeconds', request.workflowExecutionTimeout) ??
    checkDuration('WorkflowRunTimeoutSeconds', request.workflowRunTimeout) ??
    checkDuration('WorkflowTaskTimeoutSeconds', request.workflowTaskTimeout) ??
    checkPriority(request.priority) ??
    checkLinks(request.links, limits) ??
    checkVersioningOverride(request.versioningOverride) ??
    checkSearchAttributes(request.searchAttributes, limits, namespace) ??
    checkMemo(request.memo, limits)
  );
}

function checkDuration(what: string, durationMs: number | undefined): Problem {
  return refuseIf((durationMs ?? 0) < 0, `An invalid ${what} is set on request. cause: negative duration`);
}

function checkCron(text: string): Problem {
  return refuseIf(text !== '' && 'error' in parseCron(text), 'invalid CronSchedule.');
}

function checkRetryPolicy(policy: RetryPolicy | undefined): Problem {
  if (policy === undefined || policy.maximumAttempts === 1) return undefined;
  const problem =
    negativeInterval('InitialInterval', policy.initialInterval) ??
    negativeInterval('MaximumInterval', policy.maximumInterval) ??
    retryPolicyProblem(policy) ??
    unknownTimeoutType(policy.nonRetryableErrorTypes);
  return problem === undefined ? undefined : invalidArgument(problem);
}

function negativeInterval(what: string, intervalMs: number | undefined): string | undefined {
  return (intervalMs ?? 0) < 0 ? `invalid ${what} set on retry policy: negative duration` : undefined;
}

const TIMEOUT_PREFIX = 'TemporalTimeout:';
/** `StartToClose` and `TIMEOUT_TYPE_START_TO_CLOSE` mean the same. */
const TIMEOUT_NAMES: ReadonlySet<string> = new Set(
  Object.keys(TimeoutType).flatMap((constant) => [
    `TIMEOUT_TYPE_${constant}`,
    constant.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  ]),
);

function unknownTimeoutType(errorTypes: readonly string[]): string | undefined {
  for (const errorType of errorTypes) {
    const name = errorType.startsWith(TIMEOUT_PREFIX) ? errorType.slice(TIMEOUT_PREFIX.length) : undefined;
    if (name !== undefined && !TIMEOUT_NAMES.has(name)) return `Invalid timeout type value: ${name}.`;
  }
  return undefined;
}

function checkSearchAttributes(bytes: Uint8Array | undefined, limits: Limits, namespace: NamespaceRecord): Problem {
  if (bytes === undefined) return undefined;
  const scope = { namespace: namespace.name, custom: namespace.searchAttributes, limits };
  const problem = searchAttributesProblem(SearchAttributes.decode(bytes).indexedFields, scope);
  return problem === undefined ? undefined : invalidArgument(problem);
}

function checkMemo(bytes: Uint8Array | undefined, limits: Limits): Problem {
  if (bytes === undefined) return undefined;
  return refuseIf(bytes.length > limits.memoSizeBytesMax, 'Memo size exceeds limit.');
}

const FAIRNESS_KEY_BYTES_MAX = 64;

function checkPriority(priority: Priority | undefined): Problem {
  if (priority === undefined) return undefined;
  return (
    refuseIf(priority.priorityKey < 0, "priority key can't be negative") ??
    refuseIf(utf8Length(priority.fairnessKey) > FAIRNESS_KEY_BYTES_MAX, 'fairness key length exceeds limit') ??
    refuseIf(priority.fairnessWeight < 0, 'must be greater than zero')
  );
}

function checkVersioningOverride(override: VersioningOverride | undefined): Problem {
  return refuseIf(
    override?.pinned !== undefined && override.pinned.version === undefined,
    'must provide version if override is pinned.',
  );
}

/** `links` are encoded Links. */
export function checkLinks(links: readonly Uint8Array[], limits: Limits): Problem {
  const { linksPerRequestMax, linkSizeBytesMax } = limits;
  if (links.length > linksPerRequestMax) {
    return invalidArgument(`cannot attach more than ${linksPerRequestMax} links per request, got ${links.length}`);
  }
  for (const bytes of links) {
    const problem =
      refuseIf(
        bytes.length > linkSizeBytesMax,
        `link exceeds allowed size of ${linkSizeBytesMax}, got ${bytes.length}`,
      ) ?? checkLink(Link.decode(bytes));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkLink(link: Link): Problem {
  if (link.workflowEvent !== undefined) return checkWorkflowEventLink(link.workflowEvent);
  if (link.batchJob !== undefined)
    return refuseIf(link.batchJob.jobId === '', 'batch job link must not have an empty job ID');
  return refuseIf(
    link.activity === undefined && link.nexusOperation === undefined && link.workflow === undefined,
    'unsupported link variant',
  );
}

function checkWorkflowEventLink(link: LinkWorkflowEvent): Problem {
  const empty = (what: string): string => `workflow event link must not have an empty ${what} field`;
  return (
    refuseIf(link.namespace === '', empty('namespace')) ??
    refuseIf(link.workflowId === '', empty('workflow ID')) ??
    refuseIf(link.runId === '', empty('run ID')) ??
    refuseIf(
      link.eventRef !== undefined && link.eventRef.eventType === 0 && link.eventRef.eventId !== 0,
      'workflow event link ref cannot have an unspecified event type and a non-zero event ID',
    )
  );
}

/** Nobody is called back yet, as on a server of the field that allows no callback address; `callbacks` are encoded. */
export function checkCallbacks(callbacks: readonly Uint8Array[]): Problem {
  const [first] = callbacks;
  if (first === undefined) return undefined;
  const { nexus } = Callback.decode(first);
  if (nexus === undefined) return reject('UNIMPLEMENTED', 'unknown callback variant: <nil>');
  const isWeb = /^https?:\/\//i.test(nexus.url);
  return invalidArgument(
    isWeb
      ? `invalid url: url does not match any configured callback address: ${nexus.url}`
      : `invalid url: unknown scheme: ${nexus.url}`,
  );
}
