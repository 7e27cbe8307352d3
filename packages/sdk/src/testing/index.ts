/** `perdure/testing`: tests of workflows and activities, with a server in the test's own process. */
export { TestWorkflowEnvironment } from './environment.js';
export { defaultActivityInfo, MockActivityEnvironment } from './mock-activity-environment.js';
export type { MockActivityEnvironmentOptions } from './mock-activity-environment.js';
export { mockActivities, mockActivity } from './mock-activities.js';
export type { ActivityCall, MockedActivities, MockedActivity } from './mock-activities.js';
export type {
  ClientOptionsForTestEnv,
  DevServerConfig,
  ExistingServerConnectionOptions,
  ExistingServerTestWorkflowEnvironmentOptions,
  LocalTestWorkflowEnvironmentOptions,
  TimeSkippingServerConfig,
  TimeSkippingTestWorkflowEnvironmentOptions,
} from './options.js';
export { TimeSkippingWorkflowClient } from './time-skipping-client.js';
