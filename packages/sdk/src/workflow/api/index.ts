/** `perdure/workflow`: what workflow code is written with. */
export { defaultPayloadConverter } from '../../conversion/default-payload-converter.js';
export type { Duration } from '../../conversion/duration.js';
export {
  IllegalStateError,
  NamespaceNotFoundError,
  PayloadConverterError,
  ValueError,
  WorkflowNotFoundError,
} from '../../conversion/errors.js';
export {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  NexusOperationFailure,
  rootCause,
  ServerFailure,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowExecutionAlreadyStartedError,
} from '../../conversion/failure.js';
export { ApplicationFailureCategory, RetryState, TimeoutType } from '../../conversion/failure-enums.js';
export type { LogMetadata, Logger } from '../../conversion/logger.js';
export type { MetricCounter, MetricGauge, MetricHistogram, MetricMeter, MetricTags } from '../../conversion/metrics.js';
export type { Headers, Payload } from '../../conversion/payload.js';
export type { PayloadConverter } from '../../conversion/payload-converter.js';
export type { Priority } from '../../conversion/priority.js';
export type { RetryPolicy } from '../../conversion/retry-policy.js';
export {
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
} from '../../conversion/search-attributes.js';
export type { SearchAttributePair, SearchAttributeUpdatePair } from '../../conversion/search-attributes.js';
export {
  InitialVersioningBehavior,
  SuggestContinueAsNewReason,
  VersioningBehavior,
} from '../../conversion/versioning.js';
export type { WorkerDeploymentVersion } from '../../conversion/versioning.js';
export type {
  WorkflowDefinitionConfig,
  WorkflowDefinitionOptions,
  WorkflowDefinitionOptionsOrGetter,
} from '../../conversion/workflow-definition.js';
export * from '../../conversion/workflow-options.js';
export { HandlerUnfinishedPolicy } from '../../conversion/workflow-types.js';
export type {
  ActivityFunction,
  BaseWorkflowHandle,
  QueryDefinition,
  QueryDefinitionOptions,
  SignalDefinition,
  SignalDefinitionOptions,
  UntypedActivities,
  UpdateDefinition,
  UpdateDefinitionOptions,
  WithWorkflowArgs,
  Workflow,
  WorkflowQueryType,
  WorkflowResultType,
  WorkflowReturnType,
  WorkflowSignalType,
  WorkflowUpdateType,
  WorkflowUpdateValidatorType,
} from '../../conversion/workflow-types.js';
export { AsyncLocalStorage } from '../runtime/async-context.js';
export type { UpdateInfo } from '../runtime/async-context.js';
export { CancellationScope } from '../runtime/cancellation-scope.js';
export type { CancellationScopeOptions } from '../runtime/cancellation-scope.js';
export { condition } from '../runtime/condition.js';
export {
  ContinueAsNew,
  DeterminismViolationError,
  isCancellation,
  LocalActivityDoBackoff,
  WorkflowError,
} from '../runtime/errors.js';
export type { DefaultQueryHandler, DefaultSignalHandler, DefaultUpdateHandler } from '../runtime/handlers.js';
export type {
  ParentWorkflowInfo,
  RootWorkflowInfo,
  UnsafeRandomSource,
  UnsafeWorkflowInfo,
  WorkflowInfo,
} from '../runtime/info.js';
export type {
  ActivateInput,
  ActivityInput,
  ConcludeActivationInput,
  ConcludeActivationOutput,
  ContinueAsNewInput,
  ContinueAsNewInputOptions,
  DisposeInput,
  GetLogAttributesInput,
  GetMetricTagsInput,
  LocalActivityInput,
  QueryInput,
  SignalInput,
  SignalWorkflowInput,
  StartChildWorkflowExecutionInput,
  TimerInput,
  UpdateInput,
  WorkflowExecuteInput,
  WorkflowInboundCallsInterceptor,
  WorkflowInterceptors,
  WorkflowInterceptorsFactory,
  WorkflowInternalsInterceptor,
  WorkflowOutboundCallsInterceptor,
} from '../runtime/interceptors.js';
export { log, workflowLogAttributes } from '../runtime/log.js';
export { metricMeter } from '../runtime/metrics.js';
export { ActivityCancellationType, ChildWorkflowCancellationType, ParentClosePolicy } from '../runtime/options.js';
export type {
  ActivityOptions,
  ChildWorkflowOptions,
  ContinueAsNewOptions,
  LocalActivityOptions,
  TimerOptions,
} from '../runtime/options.js';
export { getRandomStream, workflowRandom } from '../runtime/random-streams.js';
export type { WorkflowRandomStream } from '../runtime/random-streams.js';
export { proxySinks } from '../runtime/sinks.js';
export type { Sink, SinkCall, SinkFunction, Sinks } from '../runtime/sinks.js';
export type {
  EnhancedStackTrace,
  StackTrace,
  StackTraceFileLocation,
  StackTraceFileSlice,
  StackTraceSDKInfo,
} from '../runtime/stacks.js';
export { sleep } from '../runtime/timers.js';
export { Trigger } from '../runtime/trigger.js';
export * from './activities.js';
export * from './children.js';
export * from './continue-as-new.js';
export * from './determinism.js';
export * from './messages.js';
export * from './metadata.js';
export * from './step.js';
export type { Next } from '../../conversion/next.js';
