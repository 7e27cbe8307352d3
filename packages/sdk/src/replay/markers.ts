/**
 * The two markers that the official core writes, and we in the same form, so that either side can finish the other's
 * runs: a patch, and the result of a local activity.
 */
import { EventType, Failure, NO_BYTES, Payload, Payloads, decodeUtf8, encodeUtf8 } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import type { LocalResult, Resolution, ScheduleLocalActivity } from './contract.js';

export const PATCH_MARKER = 'core_patch';
export const LOCAL_ACTIVITY_MARKER = 'core_local_activity';

/** Undefined if the event is no patch marker, or one that cannot be read. */
export function readPatchMarker(
  event: HistoryEvent,
): { readonly id: string; readonly deprecated: boolean } | undefined {
  if (event.eventType !== EventType.MARKER_RECORDED || event.attributes.markerName !== PATCH_MARKER) return undefined;
  const data = readJson(event.attributes.details.get('patch-data'));
  return typeof data?.['id'] === 'string' ? { id: data['id'], deprecated: data['deprecated'] === true } : undefined;
}

export function patchDetails(id: string, deprecated: boolean): ReadonlyMap<string, Uint8Array> {
  return new Map([['patch-data', writeJson({ id, deprecated })]]);
}

export interface LocalActivityMarker {
  readonly seq: number;
  readonly activityId: string;
  readonly activityType: string;
  readonly outcome: LocalResult;
}

/** Undefined if the event is no marker of a local activity, or one that cannot be read. */
export function readLocalActivityMarker(event: HistoryEvent): LocalActivityMarker | undefined {
  if (event.eventType !== EventType.MARKER_RECORDED || event.attributes.markerName !== LOCAL_ACTIVITY_MARKER)
    return undefined;
  const { details, failure } = event.attributes;
  const data = readJson(details.get('data'));
  if (typeof data?.['seq'] !== 'number') return undefined;
  const seq = data['seq'];
  const attempt = typeof data['attempt'] === 'number' ? data['attempt'] : 1;
  const originalScheduleTimeMs = readTime(data['original_schedule_time']) ?? 0;
  const backoffMs = readDuration(data['backoff']);
  let result: Resolution;
  if (backoffMs !== undefined) result = { status: 'backoff', attempt: attempt + 1, backoffMs, originalScheduleTimeMs };
  else if (failure === undefined) result = { status: 'completed', result: details.get('result') };
  else result = { status: isCancellation(failure) ? 'cancelled' : 'failed', failure };
  const completeTimeMs = readTime(data['complete_time']) ?? 0;
  return {
    seq,
    activityId: text(data['activity_id']),
    activityType: text(data['activity_type']),
    outcome: { seq, attempt, result, completeTimeMs, originalScheduleTimeMs },
  };
}

export function localActivityDetails(
  command: ScheduleLocalActivity,
  outcome: LocalResult | undefined,
): ReadonlyMap<string, Uint8Array> {
  const result = outcome?.result;
  const data = writeJson({
    seq: command.seq,
    attempt: outcome?.attempt ?? command.attempt,
    activity_id: command.activityId,
    activity_type: command.activityType,
    complete_time: outcome && new Date(outcome.completeTimeMs).toISOString(),
    backoff: result?.status === 'backoff' ? `${result.backoffMs / 1000}s` : null,
    original_schedule_time: outcome && new Date(outcome.originalScheduleTimeMs).toISOString(),
  });
  const details = new Map([['data', data]]);
  if (result?.status === 'completed' && result.result !== undefined) details.set('result', result.result);
  return details;
}

const JSON_PLAIN = utf8('json/plain');

function utf8(value: string): Uint8Array {
  const bytes = new Uint8Array(value.length * 3);
  return bytes.slice(0, encodeUtf8(value, bytes, 0));
}

/** One Payload of JSON, with more metadata if asked for. */
export function jsonPayload(value: unknown, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const entries = Object.entries(metadata).map(([key, entry]) => [key, utf8(entry)] as const);
  return Payload.encode({
    metadata: new Map<string, Uint8Array>([['encoding', JSON_PLAIN], ...entries]),
    data: utf8(JSON.stringify(value)),
  });
}

function writeJson(value: unknown): Uint8Array {
  return Payloads.encode({ payloads: [jsonPayload(value)] });
}

function readJson(payloads: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  const [first] = Payloads.decode(payloads ?? NO_BYTES).payloads;
  if (first === undefined) return undefined;
  const { data } = Payload.decode(first);
  try {
    const value: unknown = JSON.parse(decodeUtf8(data, 0, data.length) ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Either text or seconds and nanoseconds: both have been written. */
function readTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return readSeconds(value);
  const parsed = Date.parse(value);
  return Number.isNaN(parsed) ? undefined : parsed;
}

function readDuration(value: unknown): number | undefined {
  return typeof value === 'string' ? Number.parseFloat(value) * 1000 : readSeconds(value);
}

function readSeconds(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { seconds, nanos } = value as { seconds?: unknown; nanos?: unknown };
  return Number(seconds ?? 0) * 1000 + Number(nanos ?? 0) / 1_000_000;
}

/** Whether the failure, or what an activity's failure wraps, is a cancellation. */
function isCancellation(failure: Uint8Array): boolean {
  const { canceledFailureInfo, activityFailureInfo, cause } = Failure.decode(failure);
  if (canceledFailureInfo !== undefined) return true;
  return activityFailureInfo !== undefined && cause !== undefined && isCancellation(cause);
}
