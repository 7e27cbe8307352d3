/** Temporal's setting names for the limits that exist here; other settings are accepted and have no effect. */
import type { Limits } from '@perdure/server';
import { UsageError } from '../exit-code.js';
import { parseDurationMs } from '../flag.js';

type LimitSetting = { readonly limits: readonly (keyof Limits)[]; readonly unit: 'number' | 'duration' };

const number = (...limits: (keyof Limits)[]): LimitSetting => ({ limits, unit: 'number' });
const duration = (...limits: (keyof Limits)[]): LimitSetting => ({ limits, unit: 'duration' });

/** Names are compared without case. */
export const LIMIT_SETTINGS: Readonly<Record<string, LimitSetting>> = {
  'limit.blobSize.error': number('blobSizeBytesMax'),
  'limit.memoSize.error': number('memoSizeBytesMax'),
  'limit.historySize.suggestContinueAsNew': number('historySizeBytesSuggest'),
  'limit.historySize.error': number('historySizeBytesMax'),
  'limit.historyCount.suggestContinueAsNew': number('historyEventsSuggest'),
  'limit.historyCount.error': number('historyEventsMax'),
  'limit.numPendingActivities.error': number('pendingActivitiesMax'),
  'limit.numPendingChildExecutions.error': number('pendingChildrenMax'),
  'limit.numPendingSignals.error': number('pendingExternalSignalsMax'),
  'limit.numPendingCancelRequests.error': number('pendingExternalCancelsMax'),
  'limit.maxIDLength': number('idLengthMax'),
  'limit.userMetadataSummarySize': number('userMetadataSummarySizeBytesMax'),
  'limit.userMetadataDetailsSize': number('userMetadataDetailsSizeBytesMax'),
  'history.maximumSignalsPerExecution': number('signalsMax'),
  'history.maximumRequestIDsPerExecution': number('requestIdsMax'),
  'history.maximumBufferedEventsBatch': number('bufferedEventsMax'),
  'history.maximumBufferedEventsSizeInBytes': number('bufferedEventsSizeBytesMax'),
  'history.maxInFlightUpdates': number('updatesInFlightMax'),
  'history.maxInFlightUpdatePayloads': number('updatesInFlightSizeBytesMax'),
  'history.maxTotalUpdates': number('updatesTotalMax'),
  'history.maxTotalUpdates.suggestContinueAsNewThreshold': number('updatesTotalSuggestRatio'),
  'history.maxBufferedQueryCount': number('queriesBufferedMax'),
  'history.defaultWorkflowTaskTimeout': duration('defaultWorkflowTaskTimeoutMs'),
  'history.workflowTaskHeartbeatTimeout': duration('workflowTaskHeartbeatTimeoutMs'),
  'history.workflowTaskRetryMaxInterval': duration('workflowTaskRetryIntervalMsMax'),
  'history.longPollExpirationInterval': duration('historyLongPollMs', 'updateLongPollMs'),
  'matching.longPollExpirationInterval': duration('workerLongPollMs'),
  'matching.queryPollerUnavailableWindow': duration('queryNoPollerWindowMs'),
  'frontend.historyMaxPageSize': number('historyPageEventsMax'),
  'frontend.visibilityMaxPageSize': number('visibilityPageRowsMax'),
  'frontend.searchAttributesNumberOfKeysLimit': number('searchAttributeKeysMax'),
  'frontend.searchAttributesSizeOfValueLimit': number('searchAttributeValueSizeBytesMax'),
  'frontend.searchAttributesTotalSizeLimit': number('searchAttributesSizeBytesMax'),
  'frontend.maxlinksPerRequest': number('linksPerRequestMax'),
  'frontend.linkMaxSize': number('linkSizeBytesMax'),
  'system.namespaceMinRetentionLocal': duration('retentionMsMin'),
  'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute': number('reportedProblemAttemptsMin'),
  'system.maxServiceErrorMessageLength': number('errorMessageLengthMax'),
};

const byLowerName = new Map(Object.entries(LIMIT_SETTINGS).map(([name, setting]) => [name.toLowerCase(), setting]));

/** Throws UsageError when a value does not fit its setting. */
export function limitsOf(values: ReadonlyMap<string, string>): {
  readonly limits: Partial<Limits>;
  readonly ignored: readonly string[];
} {
  const limits: Partial<Record<keyof Limits, number>> = {};
  const ignored: string[] = [];
  for (const [name, value] of values) {
    const setting = byLowerName.get(name.toLowerCase());
    if (setting === undefined) ignored.push(name);
    else for (const limit of setting.limits) limits[limit] = readValue(name, value, setting);
  }
  return { limits, ignored };
}

function readValue(name: string, value: string, { unit }: LimitSetting): number {
  const bare = value.replace(/^"(.*)"$/s, '$1');
  const parsed = unit === 'duration' ? parseDurationMs(bare) : /^\d+(\.\d+)?$/.test(bare) ? Number(bare) : undefined;
  if (parsed !== undefined) return parsed;
  const example = unit === 'duration' ? 'a duration such as 10s' : 'a number';
  throw new UsageError(`--dynamic-config-value ${name}=${value}: the value must be ${example}.`);
}
