/** Activities without a workflow: what users see of them. */
export { ActivityClient } from './activity-client.js';
export type { ActivityClientOptions, TypedActivityClient } from './activity-client.js';
export type { ActivityHandle } from './activity-handle.js';
export * from './enums.js';
export { ActivityExecutionAlreadyStartedError, ActivityExecutionFailedError } from './errors.js';
export type * from './interceptors.js';
export type * from './types.js';
