/** `perdure/converter`: values, failures and options on their way between an application and the server. */
export { ActivityCancellationDetails } from './activity-cancellation-details.js';
export type { ActivityCancellationDetailsOptions } from './activity-cancellation-details.js';
export type { PayloadCodec, DataConverter, LoadedDataConverter } from './data-converter.js';
export { defaultDataConverter } from './data-converter.js';
export {
  BinaryPayloadConverter,
  DefaultPayloadConverter,
  defaultPayloadConverter,
  JsonPayloadConverter,
  UndefinedPayloadConverter,
} from './default-payload-converter.js';
export type { JsonPayloadConverterOptions } from './default-payload-converter.js';
export type { Duration, DurationText } from './duration.js';
export { encodingKeys, encodingTypes, METADATA_ENCODING_KEY, METADATA_MESSAGE_TYPE_KEY } from './encoding.js';
export type { EncodingType } from './encoding.js';
export {
  CompleteAsyncError,
  IllegalStateError,
  NamespaceNotFoundError,
  PayloadConverterError,
  ValueError,
  WorkflowNotFoundError,
} from './errors.js';
export * from './failure.js';
export { DefaultFailureConverter, defaultFailureConverter } from './failure-converter.js';
export type {
  DefaultEncodedFailureAttributes,
  DefaultFailureConverterOptions,
  FailureConverter,
} from './failure-converter.js';
export * from './failure-enums.js';
export { LoggerWithComposedMetadata, SdkComponent } from './logger.js';
export type { Logger, LogLevel, LogMetadata, LogMetaOrFunc } from './logger.js';
export { MetricMeterWithComposedTags, noopMetricMeter } from './meter.js';
export type {
  Metric,
  MetricCounter,
  MetricGauge,
  MetricHistogram,
  MetricKind,
  MetricMeter,
  MetricTags,
  MetricTagsOrFunc,
  MetricUpDownCounter,
  NumericMetricValueType,
} from './metrics.js';
export type { Headers, Payload } from './payload.js';
export {
  arrayFromPayloads,
  CompositePayloadConverter,
  convertOptionalToPayload,
  fromPayloadsAtIndex,
  mapFromPayloads,
  mapToPayloads,
  toPayloads,
  toPayloadsWithContext,
} from './payload-converter.js';
export type { PayloadConverter, PayloadConverterWithEncoding } from './payload-converter.js';
export { compilePriority, decodePriority } from './priority.js';
export type { Priority } from './priority.js';
export type { ProtoFailure, ProtoPayloads } from './proto-failure.js';
export { RawValue } from './raw-value.js';
export { compileRetryPolicy, decompileRetryPolicy } from './retry-policy.js';
export type { RetryPolicy } from './retry-policy.js';
export { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from './search-attributes.js';
export type {
  SearchAttributeKey,
  SearchAttributePair,
  SearchAttributeUpdatePair,
  TypedSearchAttributeValue,
} from './search-attributes.js';
export type {
  ActivitySerializationContext,
  SerializationContext,
  WorkflowSerializationContext,
} from './serialization-context.js';
export { cutoffStackTrace } from './stack.js';
export {
  decodeInitialVersioningBehavior,
  decodeVersioningBehavior,
  encodeInitialVersioningBehavior,
  encodeVersioningBehavior,
  InitialVersioningBehavior,
  SuggestContinueAsNewReason,
  toCanonicalString,
  VersioningBehavior,
} from './versioning.js';
export type {
  AutoUpgradeVersioningOverride,
  PinnedVersioningOverride,
  VersioningOverride,
  WorkerDeploymentVersion,
} from './versioning.js';
export { isWorkflowFunctionWithOptions } from './workflow-definition.js';
export type {
  WorkflowDefinitionConfig,
  WorkflowDefinitionOptions,
  WorkflowDefinitionOptionsOrGetter,
  WorkflowFunctionWithOptions,
} from './workflow-definition.js';
export * from './workflow-options.js';
export * from './workflow-types.js';
