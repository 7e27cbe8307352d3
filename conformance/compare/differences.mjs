// Two normalised dumps, compared event by event and field by field.

/** The differences as readable lines; none when both are equal. */
export function differences(expected, actual) {
  const lines = [];
  const count = Math.max(expected.executions.length, actual.executions.length);
  for (let i = 0; i < count; i++) lines.push(...executionDifferences(expected.executions[i], actual.executions[i], i));
  lines.push(...fieldDifferences(expected.observed ?? {}, actual.observed ?? {}, 'observed'));
  return lines;
}

function executionDifferences(expected, actual, index) {
  if (!actual) return [`execution ${index + 1} (${expected.workflowId}) is missing`];
  if (!expected) return [`execution ${index + 1} (${actual.workflowId}) is not expected`];
  const where = `execution ${index + 1} (${expected.workflowId})`;
  return [
    ...fieldDifferences(expected.workflowId, actual.workflowId, `${where}: workflowId`),
    ...historyDifferences(expected.history, actual.history, where),
    ...fieldDifferences(expected.describe, actual.describe, `${where}: describe`),
  ];
}

/** Where the sequence of types differs, the two columns say more than the fields. */
function historyDifferences(expected, actual, where) {
  const sameTypes =
    expected.length === actual.length && expected.every((event, i) => event.eventType === actual[i].eventType);
  if (!sameTypes) return [`${where}: the sequence of events differs (expected | actual)`, ...columns(expected, actual)];
  return expected.flatMap((event, i) =>
    fieldDifferences(event, actual[i], `${where}: event ${i + 1} ${shortType(event)}`),
  );
}

function columns(expected, actual) {
  const first = [...expected.keys()].find((i) => expected[i]?.eventType !== actual[i]?.eventType) ?? expected.length;
  const from = Math.max(0, first - 2);
  const to = Math.min(Math.max(expected.length, actual.length), first + 12);
  return Array.from({ length: to - from }, (_, k) => {
    const i = from + k;
    const [left, right] = [shortType(expected[i]), shortType(actual[i])];
    return `  ${left === right ? ' ' : '!'} ${String(i + 1).padStart(4)} ${left.padEnd(44)} | ${right}`;
  });
}

function shortType(event) {
  return event ? event.eventType.replace('EVENT_TYPE_', '') : '-';
}

function fieldDifferences(expected, actual, path) {
  if (Object.is(expected, actual)) return [];
  const bothObjects = isObject(expected) && isObject(actual) && Array.isArray(expected) === Array.isArray(actual);
  if (!bothObjects) return [`${path}: expected ${show(expected)}, got ${show(actual)}`];
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].flatMap((key) => fieldDifferences(expected[key], actual[key], `${path}.${key}`));
}

const isObject = (value) => value !== null && typeof value === 'object';

function show(value) {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
