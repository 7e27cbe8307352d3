/** UpdateTaskQueueConfig, and what it set as DescribeTaskQueue shows it. */
import { TaskQueueType } from '@perdure/protocol';
import type {
  Init,
  RateLimitConfig,
  TaskQueueConfig,
  UpdateTaskQueueConfigRequest,
  UpdateTaskQueueConfigRequestRateLimitUpdate,
  UpdateTaskQueueConfigResponse,
} from '@perdure/protocol';
import { invalidArgument } from '../core/rejection.js';
import type { NamespaceRecord, QueueSettings, RateSetting } from '../engine/messages.js';
import { ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { refuseIf, utf8Length } from './validate.js';
import type { Problem } from './validate.js';

const WEIGHT_CHANGES_MAX = 1_000;
const FAIRNESS_KEY_BYTES_MAX = 64;
const REASON_BYTES_MAX = 1_000;

export function updateTaskQueueConfig(
  request: UpdateTaskQueueConfigRequest,
  context: ApiContext,
  namespace: NamespaceRecord,
): Plan<UpdateTaskQueueConfigResponse> {
  const problem =
    checkRate(request, request.updateQueueRateLimit, 'UpdateQueueRateLimit', 'rate limit') ??
    checkRate(
      request,
      request.updateFairnessKeyRateLimitDefault,
      'UpdateFairnessKeyRateLimitDefault',
      'fairness key rate limit',
    ) ??
    checkText('Identity', request.identity, context.limits.idLengthMax) ??
    checkWeights(request) ??
    checkName(request.taskQueue);
  if (problem !== undefined) return problem;
  return ask({ kind: 'updateTaskQueueConfig', namespaceId: namespace.id, request }, (settings) => ({
    config: configMessage(settings),
  }));
}

function checkRate(
  { taskQueueType }: UpdateTaskQueueConfigRequest,
  update: UpdateTaskQueueConfigRequestRateLimitUpdate | undefined,
  field: string,
  what: string,
): Problem {
  if (update?.rateLimit === undefined) return undefined;
  return (
    refuseIf(taskQueueType === TaskQueueType.WORKFLOW, `Setting ${what} on workflow task queues is not allowed.`) ??
    // What is no number is not either.
    refuseIf(
      !(update.rateLimit.requestsPerSecond >= 0),
      `RequestsPerSecond for ${field} rate limit must be non-negative.`,
    ) ??
    checkText(`${field}.Reason`, update.reason, REASON_BYTES_MAX)
  );
}

function checkText(field: string, text: string, bytesMax: number): Problem {
  return refuseIf(utf8Length(text) > bytesMax, `${field} field too long (max ${bytesMax} characters).`);
}

function checkWeights({
  setFairnessWeightOverrides: set,
  unsetFairnessWeightOverrides: unset,
}: UpdateTaskQueueConfigRequest): Problem {
  const count = set.size + unset.length;
  if (count > WEIGHT_CHANGES_MAX)
    return invalidArgument(
      `too many fairness weight overrides in request: got ${count}, maximum ${WEIGHT_CHANGES_MAX}`,
    );
  for (const [key, weight] of set) {
    const problem =
      checkKey(key) ??
      refuseIf(!(weight > 0), `invalid fairness weight weight for key "${key}": must be greater than zero`);
    if (problem !== undefined) return problem;
  }
  for (const key of unset) {
    const problem =
      checkKey(key) ??
      refuseIf(set.has(key), `fairness weight override key "${key}" present in both set and unset lists`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkKey(key: string): Problem {
  return (
    refuseIf(key === '', 'fairness weight override key must not be empty') ??
    refuseIf(utf8Length(key) > FAIRNESS_KEY_BYTES_MAX, 'fairness key length exceeds limit')
  );
}

/** Names of partitions are the Service's own. Nothing else is asked of a name here: no queue need exist. */
function checkName(name: string): Problem {
  return refuseIf(name.startsWith('/_sys/'), `task queue family name cannot have prefix /_sys/ ${name}`);
}

export function configMessage({ rate, keyRate, weights }: QueueSettings): Init<TaskQueueConfig> {
  return {
    queueRateLimit: rateMessage(rate),
    fairnessKeysRateLimitDefault: rateMessage(keyRate),
    fairnessWeightOverrides: weights,
  };
}

function rateMessage(setting: RateSetting | undefined): Init<RateLimitConfig> | undefined {
  if (setting === undefined) return undefined;
  const { perSecond, reason, identity, updatedAtMs } = setting;
  return {
    rateLimit: perSecond === undefined ? undefined : { requestsPerSecond: perSecond },
    metadata: { reason, updateIdentity: identity, updateTime: updatedAtMs },
  };
}
