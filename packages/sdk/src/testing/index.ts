/** `perdure/testing`: tests of workflows and activities, with a server in the test's own process. */
import { fileURLToPath } from 'node:url';

export { alwaysReplay } from './always-replay.js';
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

/**
 * For `WorkerOptions.interceptors.workflowModules`: an assertion that fails in a workflow, or in a handler of its signals and
 * updates, fails it for good, instead of failing its task again and again.
 */
export const workflowInterceptorModules: string[] = [
  fileURLToPath(new URL('./assertion-interceptors.js', import.meta.url)),
];
