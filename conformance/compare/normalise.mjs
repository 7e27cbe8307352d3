// What may differ between two servers, or two runs on one, is replaced: ids, times, identities, sizes, tokens, builds, stacks. Nothing else.

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME_TEXT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)/g;

/** Field name → what stands for its value. */
const PLACEHOLDERS = {
  identity: '<identity>',
  lastWorkerIdentity: '<identity>',
  requestId: '<request>',
  startRequestId: '<request>',
  historySizeBytes: '<size>',
  stateTransitionCount: '<size>',
  externalPayloadSizeBytes: '<size>',
  taskToken: '<token>',
  nextPageToken: '<token>',
  buildId: '<build>',
  binaryChecksum: '<build>',
  stackTrace: '<stack>',
  executionDuration: '<duration>',
  totalDuration: '<duration>',
  workerInstanceKey: '<id>',
  pollerGroupId: '<id>',
};

/** Fields whose presence says nothing: the storage's own numbering, and hints that depend on the load of the moment. */
const DROPPED = new Set(['taskId', 'pollerScalingDecision']);

/** Lists without an order: the SDK's core sends its flags as a hash set yields them. */
const SETS = new Set(['coreUsedFlags', 'langUsedFlags']);

/**
 * A dump in the form that is compared and kept as golden. `nonce` is the text that made its ids unique.
 * Zero values are dropped: on the wire they are the same as unset ones.
 */
export function normalise(dump, nonce) {
  const context = { nonce, uuids: new Map(), builds: buildIds(dump) };
  return { executions: [], ...visit(dump, undefined, context) };
}

function visit(value, key, context) {
  if (Array.isArray(value))
    return (SETS.has(key) ? [...value].sort() : value).map((item) => visit(item, undefined, context));
  if (value === null || typeof value !== 'object') return scalar(value, key, context);
  if (key in PLACEHOLDERS) return PLACEHOLDERS[key];
  if (isTime(value, key)) return '<time>';
  if (isPayload(value)) return payload(value, context);
  return object(value, context);
}

function object(value, context) {
  const isSticky = value.kind === 'TASK_QUEUE_KIND_STICKY';
  const waitsForClock = Boolean(value.cronSchedule) || value.initiator === 'CONTINUE_AS_NEW_INITIATOR_WORKFLOW';
  const entries = [];
  for (const [key, inner] of Object.entries(value)) {
    if (DROPPED.has(key)) continue;
    const replaced =
      isSticky && key === 'name'
        ? '<sticky>'
        : waitsForClock && isBackoff(key, inner)
          ? '<backoff>'
          : visit(inner, key, context);
    if (!isZero(replaced)) entries.push([keyName(key, context), replaced]);
  }
  return Object.fromEntries(entries);
}

/** A delay that depends on when the run before ended: to the next tick of a cron, or to the end of a continued run's first second. */
function isBackoff(key, value) {
  return (
    (key === 'firstWorkflowTaskBackoff' || key === 'backoffStartInterval') && Boolean(value?.seconds || value?.nanos)
  );
}

function scalar(value, key, context) {
  if (isZero(value)) return value;
  if (key && key in PLACEHOLDERS) return PLACEHOLDERS[key];
  return typeof value === 'string' ? text(value, context) : value;
}

function text(value, { nonce, uuids, builds }) {
  let result = value.replaceAll(nonce, '<nonce>');
  for (const build of builds) result = result.replaceAll(build, '<build>');
  result = result.replace(UUID, (uuid) => {
    if (!uuids.has(uuid)) uuids.set(uuid, `<uuid-${uuids.size + 1}>`);
    return uuids.get(uuid);
  });
  return result.replace(TIME_TEXT, '<time>');
}

/** Keys of maps may be request ids. */
function keyName(key, context) {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(key) ? '<request>' : text(key, context);
}

function isTime(value, key) {
  const isTimestamp = 'seconds' in value || 'nanos' in value;
  return isTimestamp && Boolean(key) && /(time|Time)$/.test(key) && Number(value.seconds ?? 0) > 1e8;
}

function isPayload(value) {
  return typeof value.metadata?.encoding === 'string';
}

/** Payloads become readable: JSON as its text, the rest as base64. */
function payload({ metadata, data = '', ...rest }, context) {
  const readable = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, fromBase64(value)]));
  const isText = readable.encoding.startsWith('json/');
  const shown = isText ? withoutTimes(text(compact(fromBase64(data)), context)) : data;
  const { encoding, ...others } = readable;
  return {
    encoding,
    ...others,
    ...(shown && { data: shown }),
    ...(Object.keys(rest).length > 0 && { rest: visit(rest, undefined, context) }),
  };
}

/** Without the spaces that the Go library for JSON of messages adds at random, another way in each build. */
function compact(json) {
  return json.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (part) => (part[0] === '"' ? part : ''));
}

/** Markers of local activities hold times as objects inside their JSON, or as milliseconds. */
function withoutTimes(json) {
  return json
    .replace(/"(\w*(?:time|Time))":\{"seconds":\d+,"nanos":\d+\}/g, '"$1":"<time>"')
    .replace(/"backoff":\{[^}]*\}/g, '"backoff":"<time>"')
    .replace(/"firstSkd":\d+/g, '"firstSkd":"<time>"')
    .replace(/^1\d{12}$/, '<time>');
}

const fromBase64 = (value) => Buffer.from(value, 'base64').toString();

/** In protobuf an unset scalar and its zero are the same. */
function isZero(value) {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    value === 0 ||
    value === '0' ||
    value === false ||
    (typeof value === 'string' && value.endsWith('_UNSPECIFIED')) ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** Build ids appear inside texts too (search attributes, reset points). */
function buildIds(dump) {
  const found = new Set();
  JSON.stringify(dump, (key, value) => {
    if ((key === 'buildId' || key === 'binaryChecksum') && typeof value === 'string' && value.length > 8)
      found.add(value);
    return value;
  });
  return found;
}
