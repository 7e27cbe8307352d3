/** The workflow's log: goes to the worker's logger, with fields that say which workflow wrote it; silent in replay. */
import { SdkComponent } from '../../conversion/logger.js';
import type { LogLevel, LogMetadata, Logger } from '../../conversion/logger.js';
import { currentFrame } from './async-context.js';
import { requireRun } from './current.js';
import { intercepted } from './interceptors.js';
import type { WorkflowInfo } from './info.js';
import type { Run } from './run.js';
import { callOwnSink, LOGGER_SINK } from './sinks.js';

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error';

function write(level: Level, message: string, attributes?: LogMetadata): void {
  writeFor(requireRun(`log.${level}()`), level, message, attributes);
}

export function writeFor(run: Run, level: Level, message: string, attributes?: LogMetadata): void {
  if (run.isReplayingHistoryEvents) return;
  const own = intercepted(
    run.modules?.interceptors.outbound,
    'getLogAttributes',
    ownAttributes,
  )(workflowLogAttributes(run.info));
  const fields = { sdkComponent: SdkComponent.workflow, ...own, ...attributes };
  callOwnSink(run, LOGGER_SINK, level, [message, fields]);
}

function ownAttributes(attributes: Record<string, unknown>): Record<string, unknown> {
  return attributes;
}

/** For workflow code. Messages go to the worker's logger; nothing is written twice, for replays are silent. */
export const log: Logger = {
  log(level: LogLevel, message, attributes): void {
    write(level.toLowerCase() as Level, message, attributes);
  },
  trace: (message, attributes) => write('trace', message, attributes),
  debug: (message, attributes) => write('debug', message, attributes),
  info: (message, attributes) => write('info', message, attributes),
  warn: (message, attributes) => write('warn', message, attributes),
  error: (message, attributes) => write('error', message, attributes),
};

/** Fields that say which workflow, and which update of it, writes. */
export function workflowLogAttributes(info: WorkflowInfo): Record<string, unknown> {
  const { namespace, taskQueue, workflowId, runId, workflowType } = info;
  const attributes: Record<string, unknown> = { namespace, taskQueue, workflowId, runId, workflowType };
  const { update } = currentFrame();
  if (update === undefined) return attributes;
  return { ...attributes, updateId: update.id, updateName: update.name };
}

/** What becomes of runs is the worker's to tell; only failures are worth a message of their own. */
export function lifecycle(run: Run, message: string, error?: unknown): void {
  if (error !== undefined) writeFor(run, 'warn', message, { error, sdkComponent: SdkComponent.worker });
  else if (run.options.logsLifecycle) writeFor(run, 'debug', message, { sdkComponent: SdkComponent.worker });
}
