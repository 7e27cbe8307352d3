/** `perdure/converter`: values, failures and options on their way between an application and the server. */
export type { PayloadCodec, DataConverter, LoadedDataConverter } from './data-converter.js';
export { defaultDataConverter } from './data-converter.js';
export {
  BinaryPayloadConverter,
  DefaultPayloadConverter,
  defaultPayloadConverter,
  JsonPayloadConverter,
  UndefinedPayloadConverter,
} from './default-payload-converter.js';
export type { Duration, DurationText } from './duration.js';
export { encodingKeys, encodingTypes, METADATA_ENCODING_KEY, METADATA_MESSAGE_TYPE_KEY } from './encoding.js';
export type { EncodingType } from './encoding.js';
export {
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
export type { Headers, Payload } from './payload.js';
export * from './payload-converter.js';
export { compilePriority, decodePriority } from './priority.js';
export type { Priority } from './priority.js';
export type { ProtoFailure, ProtoPayloads } from './proto-failure.js';
export { compileRetryPolicy, decompileRetryPolicy } from './retry-policy.js';
export type { RetryPolicy } from './retry-policy.js';
export { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from './search-attributes.js';
export type {
  SearchAttributeKey,
  SearchAttributePair,
  SearchAttributeUpdatePair,
  TypedSearchAttributeValue,
} from './search-attributes.js';
export {
  decodeVersioningBehavior,
  encodeVersioningBehavior,
  toCanonicalString,
  VersioningBehavior,
} from './versioning.js';
export type {
  AutoUpgradeVersioningOverride,
  PinnedVersioningOverride,
  VersioningOverride,
  WorkerDeploymentVersion,
} from './versioning.js';
export * from './workflow-options.js';
export type * from './workflow-types.js';
