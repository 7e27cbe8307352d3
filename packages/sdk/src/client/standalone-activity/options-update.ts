/** Changes of a running activity's options, to the wire and back. */
import type { ActivityOptions as WireOptions, FieldMask, Init } from '@perdure/protocol';
import { optionalDurationMs } from '../../conversion/duration.js';
import { compilePriority, decodePriority } from '../../conversion/priority.js';
import { compileRetryPolicy, decompileRetryPolicy } from '../../conversion/retry-policy.js';
import type { ActivityOptionsUpdate, ActivityOptionsUpdateResult } from './types.js';

const timeouts = {
  scheduleToCloseTimeout: 'schedule_to_close_timeout',
  scheduleToStartTimeout: 'schedule_to_start_timeout',
  startToCloseTimeout: 'start_to_close_timeout',
  heartbeatTimeout: 'heartbeat_timeout',
  startDelay: 'start_delay',
} as const;

/** The options, and which of them are meant: one that is meant and absent is taken away. */
export function encodeOptionsUpdate(update: ActivityOptionsUpdate): {
  activityOptions: Init<WireOptions>;
  updateMask: Init<FieldMask>;
} {
  const { taskQueue, retry, priority } = update;
  const paths = Object.entries(timeouts)
    .filter(([name]) => update[name as keyof typeof timeouts] !== undefined)
    .map(([, path]) => path as string);
  if (taskQueue !== undefined) paths.push('task_queue.name');
  if (retry !== undefined) paths.push('retry_policy');
  if (priority !== undefined) paths.push('priority');
  return {
    updateMask: { paths },
    activityOptions: {
      taskQueue: taskQueue === undefined ? undefined : { name: taskQueue },
      scheduleToCloseTimeout: optionalDurationMs(update.scheduleToCloseTimeout),
      scheduleToStartTimeout: optionalDurationMs(update.scheduleToStartTimeout),
      startToCloseTimeout: optionalDurationMs(update.startToCloseTimeout),
      heartbeatTimeout: optionalDurationMs(update.heartbeatTimeout),
      startDelay: optionalDurationMs(update.startDelay),
      retryPolicy: retry ? compileRetryPolicy(retry) : undefined,
      priority: priority ? compilePriority(priority) : undefined,
    },
  };
}

export function decodeOptions(options: WireOptions | undefined): ActivityOptionsUpdateResult {
  return {
    taskQueue: options?.taskQueue?.name,
    scheduleToCloseTimeout: options?.scheduleToCloseTimeout,
    scheduleToStartTimeout: options?.scheduleToStartTimeout,
    startToCloseTimeout: options?.startToCloseTimeout,
    heartbeatTimeout: options?.heartbeatTimeout,
    retry: decompileRetryPolicy(options?.retryPolicy),
    priority: options?.priority && decodePriority(options.priority),
    startDelay: options?.startDelay,
  };
}
