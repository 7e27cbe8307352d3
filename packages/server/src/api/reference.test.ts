/** Bad input gets the reference's code, text and detail; what we answer otherwise is listed here with the reason. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { StatusCode, operatorService, workflowService } from '@perdure/protocol';
import type { Rpc, RpcError } from '@perdure/protocol';
import { dispatch } from './dispatch.js';
import { RECORDED_ANSWERS } from './recorded-answers.test.js';
import type { RecordedAnswer } from './recorded-answers.test.js';
import { NOW_MS, apiContext, fakeEngine } from './world.test.js';

test('bad input is answered as the reference answers it', () => {
  const differences: string[] = [];
  for (const row of RECORDED_ANSWERS) {
    const known = knownDifference(row);
    const expected = known ?? asRecorded(row);
    const actual = answered(row);
    if (actual !== expected && !isSameFilterRefusal(expected, actual))
      differences.push(`${row[0]}, ${row[1]}:\n  expected ${expected}\n  got      ${actual}`);
  }
  assert.equal(differences.join('\n'), '');
});

test('every known difference is one', () => {
  const rows = new Set(RECORDED_ANSWERS.map(([rpc, what]) => `${rpc}, ${what}`));
  const unused = Object.keys(KNOWN_DIFFERENCES).filter((key) => !rows.has(key));
  assert.deepEqual(unused, []);
});

/** What we answer where the reference answers something else. */
const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {
  // Retryable codes for what will never succeed make clients try for ever.
  'DescribeNamespace, id that is no UUID': 'INVALID_ARGUMENT invalid UUID length: 3',
  'ListNamespaces, negative page size': 'INVALID_ARGUMENT PageSize must not be negative.',
  'ListWorkflowExecutions, malformed page token': 'INVALID_ARGUMENT Invalid NextPageToken.',
  // Our codec keeps a duration as one number.
  'StartWorkflowExecution, timeout with mixed signs': 'OK',
  // The reference names one of many at random.
  'StartWorkflowExecution, 101 search attributes':
    'INVALID_ARGUMENT Namespace raw-n has no mapping defined for search attribute A0',
  // It has to be quotable in every query and database.
  'AddSearchAttributes, empty name':
    'INVALID_ARGUMENT Search attribute "" must have 1 to 255 printable characters, no quotes and no backslashes.',
  // Lists are ordered where the reference's are not; a GROUP BY it leaves unread.
  'ListWorkflowExecutions, ORDER BY a keyword': 'OK',
  'ListWorkflowExecutions, ORDER BY StartTime': 'OK',
  'CountWorkflowExecutions, ORDER BY a keyword': 'OK',
  'CountWorkflowExecutions, ORDER BY StartTime': 'OK',
  'ListWorkflowExecutions, GROUP BY status':
    "INVALID_ARGUMENT invalid query: operation is not supported: 'GROUP BY' clause in a list; use a count request",
  // There are no archives: the list of what is in them is empty.
  'ListArchivedWorkflowExecutions, only the namespace': 'OK',
  'ListArchivedWorkflowExecutions, archival is off': 'OK',
};

function knownDifference([rpc, what]: RecordedAnswer): string | undefined {
  return KNOWN_DIFFERENCES[`${rpc}, ${what}`];
}

/** Filters: the texts are ours (they say more; core/visibility tests them), the code is the reference's. */
function isSameFilterRefusal(expected: string, actual: string): boolean {
  return [expected, actual].every((text) => text.startsWith('INVALID_ARGUMENT invalid query: '));
}

function asRecorded([, , , , code, message, details]: RecordedAnswer): string {
  return code === 'OK' || code === 'DEADLINE_EXCEEDED'
    ? 'OK'
    : `${code} ${unfolded(message)}${details === '' ? '' : ` [${details}]`}`;
}

/** `{x*1001}` → that many x. */
const unfolded = (message: string): string =>
  message.replace(/\{x\*(\d+)\}/g, (_, count: string) => 'x'.repeat(Number(count)));

function answered([method, , timeoutMs, packed]: RecordedAnswer): string {
  const deadlineMs = timeoutMs === 0 ? undefined : NOW_MS + timeoutMs;
  const plan = dispatch(pathOf(method), requestBytes(packed), apiContext(undefined, { deadlineMs }));
  const done = plan.kind === 'ask' ? plan.finish(fakeEngine(plan.request)) : plan;
  return done.kind === 'error' ? printed(done.error) : 'OK';
}

function requestBytes(packed: string): Uint8Array {
  if (!packed.startsWith('z')) return Buffer.from(packed, 'base64');
  return inflateRawSync(Buffer.from(packed.slice(1), 'base64'));
}

function pathOf(method: string): string {
  const rpcs: Readonly<Record<string, Rpc<never, never>>> = { ...workflowService, ...operatorService } as never;
  return rpcs[method]?.path ?? method;
}

function printed({ code, message, details }: RpcError): string {
  const name = Object.entries(StatusCode).find(([, value]) => value === code)?.[0] ?? '';
  const types = details.map(({ typeUrl }) => typeUrl.slice(typeUrl.lastIndexOf('.') + 1)).join(' ');
  return `${name} ${message}${types === '' ? '' : ` [${types}]`}`;
}
