/** `perdure/client`: starting workflows and asking things of them. */
export * from './async-completion-client.js';
export { Client } from './client.js';
export type { ClientOptions } from './client.js';
export type { CommonClientOptions } from './client-options.js';
export { Connection } from './connection.js';
export type { CallChannel, CallContext, ConnectionLike } from './connection.js';
export { LOCAL_TARGET } from './connection-options.js';
export type { ConnectionOptions, ConnectionOptionsWithDefaults, Metadata, TLSConfig } from './connection-options.js';
export type { GrpcCall, GrpcCallInterceptor } from './call-interceptor.js';
export type {
  ClientContext,
  LoadedAsyncCompletionClientOptions,
  LoadedScheduleClientOptions,
  LoadedWorkflowClientOptions,
} from './context.js';
export type {
  GetWorkflowExecutionHistoryRequest,
  RequestCancelWorkflowExecutionResponse,
  StartWorkflowExecutionRequest,
  TerminateWorkflowExecutionResponse,
} from '@perdure/protocol';
export * from './errors.js';
export { GrpcServiceError, isGrpcCancelledError, isGrpcDeadlineError, isGrpcServiceError } from './grpc-error.js';
export { defaultGrpcRetryOptions, isRetryableError, makeGrpcRetryInterceptor } from './grpc-retry.js';
export type { BackoffOptions, GrpcRetryOptions } from './grpc-retry.js';
export type * from './interceptors.js';
export { compileWorkflowOptions, WorkflowUpdateStage } from './options.js';
export type {
  CompiledWorkflowOptions,
  WorkflowOptions,
  WorkflowSignalWithStartOptions,
  WorkflowSignalWithStartOptionsWithArgs,
  WorkflowSignalWithStartOptionsWithoutArgs,
  WorkflowStartOptions,
  WorkflowUpdateOptions,
} from './options.js';
export type { ClientPlugin, ConnectionPlugin } from './plugins.js';
export type { HealthService, OperatorService, TestService, WorkflowService } from './raw-service.js';
export * from './schedule/index.js';
export * from './standalone-activity/index.js';
export type {
  ActivityCancelInput,
  ActivityClientInterceptor,
  ActivityCountInput,
  ActivityDescribeInput,
  ActivityGetResultInput,
  ActivityListInput,
  ActivityPauseInput,
  ActivityRestoreOriginalOptionsInput,
  ActivityStartInput,
  ActivityTerminateInput,
  ActivityUnpauseInput,
  ActivityUpdateOptionsInput,
} from './standalone-activity/interceptors.js';
export { WithStartWorkflowOperation } from './with-start.js';
export { WorkflowClient } from './workflow-client.js';
export type { GetWorkflowHandleOptions, WorkflowClientOptions, WorkflowResultOptions } from './workflow-client.js';
export type {
  CountWorkflowExecution,
  DescribeWorkflowExecutionResponse,
  RawWorkflowExecutionInfo,
  WorkflowExecutionDescription,
  WorkflowExecutionInfo,
  WorkflowExecutionStatusName,
} from './workflow-description.js';
export type {
  GetWorkflowUpdateHandleOptions,
  WorkflowHandle,
  WorkflowHandleWithFirstExecutionRunId,
  WorkflowHandleWithSignaledRunId,
  WorkflowHandleWithStartDetails,
  WorkflowUpdateHandle,
} from './workflow-handle.js';
export type {
  AsyncWorkflowListIterable,
  HistoryAndWorkflowId,
  IntoHistoriesOptions,
  ListOptions,
} from './workflow-list.js';

// What users of a client need of the rest.
export { defaultPayloadConverter } from '../conversion/default-payload-converter.js';
export * from '../conversion/errors.js';
export {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  ServerFailure,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '../conversion/failure.js';
export type { ProtoFailure } from '../conversion/proto-failure.js';
export type { DataConverter } from '../conversion/data-converter.js';
export type { Next } from '../conversion/next.js';
export type { Headers, Payload } from '../conversion/payload.js';
export type { RetryPolicy } from '../conversion/retry-policy.js';
export * from '../conversion/workflow-options.js';
export * from '../conversion/workflow-types.js';
