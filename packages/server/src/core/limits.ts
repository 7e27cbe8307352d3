/**
 * Every bound of the Service, with its unit in the name. Defaults are the field's (Temporal 1.32), so that code written
 * against Temporal meets the same edges; each can be raised by configuration.
 */
export interface Limits {
  /** A payload (or set of payloads) in one request field, command or result. */
  readonly blobSizeBytesMax: number;
  readonly memoSizeBytesMax: number;
  readonly historySizeBytesSuggest: number;
  readonly historySizeBytesMax: number;
  readonly historyEventsSuggest: number;
  readonly historyEventsMax: number;
  readonly pendingActivitiesMax: number;
  readonly pendingChildrenMax: number;
  readonly pendingExternalSignalsMax: number;
  readonly pendingExternalCancelsMax: number;
  readonly signalsMax: number;
  readonly requestIdsMax: number;
  readonly bufferedEventsMax: number;
  readonly bufferedEventsSizeBytesMax: number;
  readonly updatesInFlightMax: number;
  readonly updatesInFlightSizeBytesMax: number;
  readonly updatesTotalMax: number;
  /** Share of `updatesTotalMax` at which continue-as-new is suggested. */
  readonly updatesTotalSuggestRatio: number;
  readonly idLengthMax: number;
  readonly historyPageEventsMax: number;
  readonly visibilityPageRowsMax: number;
  readonly searchAttributeKeysMax: number;
  readonly searchAttributeValueSizeBytesMax: number;
  readonly searchAttributesSizeBytesMax: number;
  readonly userMetadataSummarySizeBytesMax: number;
  readonly userMetadataDetailsSizeBytesMax: number;
  readonly linksPerRequestMax: number;
  readonly linkSizeBytesMax: number;
  readonly defaultWorkflowTaskTimeoutMs: number;
  readonly workflowTaskTimeoutMsMax: number;
  /** Total time one workflow task may be kept alive by heartbeats. */
  readonly workflowTaskHeartbeatTimeoutMs: number;
  readonly workflowTaskRetryIntervalMsMax: number;
  /** Workflow tasks that fail or time out in a row before the search attribute TemporalReportedProblems says so; 0 = never. */
  readonly reportedProblemAttemptsMin: number;
  readonly speculativeScheduleToStartTimeoutMs: number;
  readonly workerLongPollMs: number;
  readonly worthwhilePollMs: number;
  readonly historyLongPollMs: number;
  readonly updateLongPollMs: number;
  /** How long a query waits while no worker was seen on its queue. */
  readonly queryNoPollerWindowMs: number;
  readonly queriesBufferedMax: number;
  /** Shortest pause between a run and the run that continues it. */
  readonly continueAsNewIntervalMsMin: number;
  readonly retentionMsMin: number;
  readonly lastFailureSizeBytesMax: number;
  readonly errorMessageLengthMax: number;
  /** Backlogged tasks of one queue held in memory; the rest stay in the store. */
  readonly backlogTasksInMemoryMax: number;
  readonly executionCacheSizeBytesMax: number;
  readonly commitGroupSizeBytesMax: number;
  readonly snapshotEveryBytes: number;
  readonly snapshotEveryTransitions: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: Limits = {
  blobSizeBytesMax: 2 * MIB,
  memoSizeBytesMax: 2 * MIB,
  historySizeBytesSuggest: 4 * MIB,
  historySizeBytesMax: 50 * MIB,
  historyEventsSuggest: 4096,
  historyEventsMax: 51_200,
  pendingActivitiesMax: 2000,
  pendingChildrenMax: 2000,
  pendingExternalSignalsMax: 2000,
  pendingExternalCancelsMax: 2000,
  signalsMax: 10_000,
  requestIdsMax: 25,
  bufferedEventsMax: 100,
  bufferedEventsSizeBytesMax: 2 * MIB,
  updatesInFlightMax: 10,
  updatesInFlightSizeBytesMax: 20 * MIB,
  updatesTotalMax: 2000,
  updatesTotalSuggestRatio: 0.9,
  idLengthMax: 1000,
  historyPageEventsMax: 256,
  visibilityPageRowsMax: 1000,
  searchAttributeKeysMax: 100,
  searchAttributeValueSizeBytesMax: 2048,
  searchAttributesSizeBytesMax: 40 * 1024,
  userMetadataSummarySizeBytesMax: 400,
  userMetadataDetailsSizeBytesMax: 20_000,
  linksPerRequestMax: 10,
  linkSizeBytesMax: 4000,
  defaultWorkflowTaskTimeoutMs: 10_000,
  workflowTaskTimeoutMsMax: 120_000,
  workflowTaskHeartbeatTimeoutMs: 30 * 60_000,
  workflowTaskRetryIntervalMsMax: 10 * 60_000,
  reportedProblemAttemptsMin: 5,
  speculativeScheduleToStartTimeoutMs: 5_000,
  workerLongPollMs: 60_000,
  worthwhilePollMs: 1_000,
  historyLongPollMs: 20_000,
  updateLongPollMs: 20_000,
  queryNoPollerWindowMs: 20_000,
  queriesBufferedMax: 1000,
  continueAsNewIntervalMsMin: 1_000,
  retentionMsMin: 3_600_000,
  lastFailureSizeBytesMax: 4096,
  errorMessageLengthMax: 4000,
  backlogTasksInMemoryMax: 10_000,
  executionCacheSizeBytesMax: 32 * MIB,
  commitGroupSizeBytesMax: 4 * MIB,
  snapshotEveryBytes: 64 * 1024,
  snapshotEveryTransitions: 256,
};
