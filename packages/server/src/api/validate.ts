/**
 * Checks of single fields, in the field's own words: users search for these texts, tests of others match on them.
 * Each returns the refusal or undefined, so that checks are chained by `??` in the order in which they count.
 */
import { decodeTaskToken } from '@perdure/protocol';
import type { TaskQueue, TaskToken, WorkflowExecution } from '@perdure/protocol';
import type { Limits } from '../core/limits.js';
import { invalidArgument } from '../core/rejection.js';
import type { Rejection } from '../core/rejection.js';

export type Problem = Rejection | undefined;

export const refuseIf = (isWrong: boolean, message: string): Problem =>
  isWrong ? invalidArgument(message) : undefined;

/** Length in bytes of UTF-8: the unit of all limits on ids and names. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // Each half of a surrogate pair counts two of the pair's four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

export function isTooLong(text: string, limits: Limits): boolean {
  return text.length * 3 > limits.idLengthMax && utf8Length(text) > limits.idLengthMax;
}

/** `WorkflowType length exceeds limit.` */
export function checkLength(what: string, text: string, limits: Limits): Problem {
  return isTooLong(text, limits) ? invalidArgument(`${what} length exceeds limit.`) : undefined;
}

/** `WorkflowId exceeds maximum allowed length (1001/1000)` */
export function checkLengthExactly(what: string, text: string, limits: Limits): Problem {
  if (!isTooLong(text, limits)) return undefined;
  return invalidArgument(`${what} exceeds maximum allowed length (${utf8Length(text)}/${limits.idLengthMax})`);
}

/** The id of a run to be made. Ids that only name a run are not measured: one that is too long is just not found. */
export function checkNewWorkflowId(workflowId: string, limits: Limits): Problem {
  return (
    refuseIf(workflowId === '', 'WorkflowId is not set on request.') ??
    checkLengthExactly('WorkflowId', workflowId, limits)
  );
}

export function checkExecution(execution: WorkflowExecution | undefined): Problem {
  if (execution === undefined) return invalidArgument('Execution is not set on request.');
  return (
    refuseIf(execution.workflowId === '', 'WorkflowId is not set on request.') ??
    refuseIf(execution.runId !== '' && !isUuid(execution.runId), 'Invalid RunId.')
  );
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

/** Partitions have names of their own in the field; nobody may use them. */
const RESERVED_QUEUE_PREFIX = '/_sys/';

export function checkTaskQueue(queue: TaskQueue | undefined, limits: Limits): Problem {
  if (queue === undefined) return invalidArgument('taskQueue is not set');
  return (
    refuseIf(queue.name === '', 'missing task queue name') ??
    refuseIf(isTooLong(queue.name, limits), 'taskQueue length exceeds limit') ??
    refuseIf(
      queue.name.startsWith(RESERVED_QUEUE_PREFIX),
      `task queue name cannot start with reserved prefix ${RESERVED_QUEUE_PREFIX}`,
    )
  );
}

export function checkBlob(bytes: Uint8Array | undefined, limits: Limits): Problem {
  return refuseIf((bytes?.length ?? 0) > limits.blobSizeBytesMax, 'Blob data size exceeds limit.');
}

export function checkIdentity(identity: string, limits: Limits): Problem {
  return checkLength('Identity', identity, limits);
}

/** Clients with less time left than this are refused a long poll: it would end before it could bring anything. */
const POLL_TIMEOUT_MS_MIN = 2_000;

export function checkPollDeadline(deadlineMs: number | undefined, nowMs: number): Problem {
  if (deadlineMs === undefined || deadlineMs - nowMs >= POLL_TIMEOUT_MS_MIN) return undefined;
  return { kind: 'rejection', code: 'FAILED_PRECONDITION', message: 'Context timeout is too short.' };
}

/**
 * Long polls are answered this long before the caller gives up, so that the answer still arrives; of a short wait, half:
 * an answer at once would make the caller ask again at once.
 */
const ANSWER_TAIL_MS = 1_000;

/** When a long poll is answered, empty if nothing came: after `longestMs`, or a little before the caller gives up. */
export function longPollDeadline(
  context: { readonly nowMs: number; readonly deadlineMs: number | undefined },
  longestMs: number,
): number {
  const { nowMs, deadlineMs } = context;
  if (deadlineMs === undefined) return nowMs + longestMs;
  const tailMs = Math.min(ANSWER_TAIL_MS, (deadlineMs - nowMs) / 2);
  return Math.max(nowMs, Math.min(nowMs + longestMs, deadlineMs - tailMs));
}

export function readTaskToken(bytes: Uint8Array): TaskToken | Rejection {
  if (bytes.length === 0) return invalidArgument('Task token not set on request.');
  return decodeTaskToken(bytes) ?? invalidArgument('Error deserializing task token.');
}
