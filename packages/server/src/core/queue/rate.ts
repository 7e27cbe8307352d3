/**
 * A token bucket as a value. Instead of a number of tokens it keeps one moment, the one at which the bucket is full
 * again: nothing has to be refilled by a clock, and the next free moment is a subtraction.
 */
export interface RateLimit {
  /** Tasks a second; 0 stops the queue. */
  readonly perSecond: number;
  /** Tasks that may leave at once after a pause; at least 1. */
  readonly burst: number;
}

export interface Bucket {
  readonly limit: RateLimit;
  readonly fullAtMs: number;
}

/** A full bucket. The burst is one second's worth, at least one task. */
export function newBucket(perSecond: number, nowMs: number): Bucket {
  return { limit: { perSecond, burst: Math.max(1, Math.ceil(perSecond)) }, fullAtMs: nowMs };
}

/** The bucket without one token; undefined if there is none. */
export function takeToken(bucket: Bucket, nowMs: number): Bucket | undefined {
  const { limit } = bucket;
  if (limit.perSecond <= 0) return undefined;
  const fullAtMs = effectiveFullAtMs(bucket, nowMs);
  if (nowMs < dueMs(fullAtMs, limit)) return undefined;
  return { limit, fullAtMs: Math.max(fullAtMs, nowMs) + intervalMs(limit) };
}

/** A token that was taken for nothing comes back. */
export function returnToken(bucket: Bucket): Bucket {
  if (bucket.limit.perSecond <= 0) return bucket;
  return { limit: bucket.limit, fullAtMs: bucket.fullAtMs - intervalMs(bucket.limit) };
}

/** Whole millisecond from which a token is there; undefined if never. */
export function nextTokenMs(bucket: Bucket, nowMs: number): number | undefined {
  if (bucket.limit.perSecond <= 0) return undefined;
  return Math.max(nowMs, Math.ceil(dueMs(effectiveFullAtMs(bucket, nowMs), bucket.limit)));
}

/** Fuller in the future than an empty bucket can be: the clock was set back, and the bucket begins anew. */
function effectiveFullAtMs(bucket: Bucket, nowMs: number): number {
  const { limit, fullAtMs } = bucket;
  return fullAtMs > nowMs + (limit.burst + 1) * intervalMs(limit) ? nowMs : fullAtMs;
}

function dueMs(fullAtMs: number, limit: RateLimit): number {
  return fullAtMs - (limit.burst - 1) * intervalMs(limit);
}

function intervalMs(limit: RateLimit): number {
  return 1000 / limit.perSecond;
}
