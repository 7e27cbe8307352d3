/** `perdure/worker`: running workflows and activities. */
export { activityLogAttributes } from './activities/activity-attempt.js';
export type {
  ActivityExecuteInput,
  ActivityInboundCallsInterceptor,
  ActivityInterceptors,
  ActivityInterceptorsFactory,
  ActivityOutboundCallsInterceptor,
  GetLogAttributesInput,
  GetMetricTagsInput,
} from './activities/interceptors.js';
export type { CompiledWorkerOptions } from './compiled-options.js';
export * from './errors.js';
export type {
  PollerBehavior,
  PollerBehaviorAutoscaling,
  PollerBehaviorSimpleMaximum,
} from './pollers/poller-options.js';
export type { RunUntilOptions } from './run-until.js';
export type {
  BundleOptions,
  WorkflowBundle,
  WorkflowBundleOption,
  WorkflowBundlePath,
  WorkflowBundleWithSourceMap,
} from './sandbox/bundle-options.js';
export { ResourceBasedController } from './slots/resource-controller.js';
export type { ResourceBasedTunerOptions } from './slots/resource-controller.js';
export type {
  ActivitySlotInfo,
  CustomSlotSupplier,
  FixedSizeSlotSupplier,
  LocalActivitySlotInfo,
  NexusSlotInfo,
  ResourceBasedSlotOptions,
  ResourceBasedSlotsForType,
  ResourceBasedTuner,
  ResourceBasedTunerWithController,
  SlotInfo,
  SlotMarkUsedContext,
  SlotPermit,
  SlotReleaseContext,
  SlotReserveContext,
  SlotSupplier,
  TunerHolder,
  WorkerTuner,
  WorkflowSlotInfo,
} from './slots/tuner-options.js';
export { DefaultLogger, LogTimestamp } from './telemetry/logger.js';
export type { LogEntry, Logger, LogLevel, LogMetadata } from './telemetry/logger.js';
export { Runtime } from './telemetry/runtime.js';
export { makeTelemetryFilterString } from './telemetry/runtime-options.js';
export type {
  ConsoleLogger,
  CoreLogFilterOptions,
  ForwardLogger,
  LogExporterConfig,
  MetricsExporter,
  MetricsExporterConfig,
  PrometheusMetricsExporter,
  RuntimeOptions,
  TelemetryOptions,
} from './telemetry/runtime-options.js';
export { Worker } from './worker.js';
export type { WorkerDeploymentOptions, WorkerInterceptors, WorkerOptions } from './worker-options.js';
export type { WorkerPlugin } from './worker-plugin.js';
export type { PollerState, State, WorkerStatus } from './worker-state.js';
export { ReplayError } from './replay/replay-history.js';
export type { ReplayResult } from './replay/replay-history.js';
export type { ReplayWorkerOptions } from './replay/replay-options.js';
export type { ReplayHistoriesIterable } from './replay/replay-worker.js';
export { bundleWorkflowCode } from './sandbox/bundler/bundle-workflow-code.js';
export type { InjectedSink, InjectedSinkFunction, InjectedSinks } from './workflows/sink-dispatch.js';

// What users of a worker need of the rest.
/** One connection serves workers and clients; the name is that of the official SDK, where a worker needs one of its own. */
export { Connection as NativeConnection } from '../client/connection.js';
export type { ConnectionOptions as NativeConnectionOptions, TLSConfig } from '../client/connection-options.js';
export type { History } from '@perdure/protocol';
export type { Next } from '../conversion/next.js';
export type { DataConverter } from '../conversion/data-converter.js';
export { defaultPayloadConverter } from '../conversion/default-payload-converter.js';
export { IllegalStateError } from '../conversion/errors.js';
export type { Headers } from '../conversion/payload.js';
export { workflowLogAttributes } from '../workflow/runtime/log.js';
