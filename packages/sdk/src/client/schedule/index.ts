/** Schedules: what users see of them. */
export { ScheduleAlreadyRunning, ScheduleNotFoundError } from './errors.js';
export { ScheduleClient } from './schedule-client.js';
export type { ListScheduleOptions, ScheduleClientOptions } from './schedule-client.js';
export type { ScheduleHandle } from './schedule-handle.js';
export * from './spec-types.js';
export * from './types.js';
