import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Memo, WorkflowExecutionStatus } from '@perdure/protocol';
import { encodeAttribute } from '../attributes/payloads.js';
import { ATTRIBUTE_TYPE } from '../visibility/index.js';
import { emptyState } from './apply-started.js';
import { visibilityRecord } from './visibility-record.js';
import type { ExecutionState } from './state.js';

const empty = emptyState({ namespaceId: 'ns', namespace: 'n', workflowId: 'w', runId: 'r' });
const open: ExecutionState = {
  ...empty,
  start: { ...empty.start, workflowType: 't', startedAtMs: 1_000, executionTimeMs: 1_500, rootRunId: 'r' },
  nextEventId: 4,
};

test('an open run has no facts of its close', () => {
  const record = visibilityRecord(open, new Map());
  assert.deepEqual(
    [record.status, record.startTimeMs, record.executionTimeMs],
    [WorkflowExecutionStatus.RUNNING, 1_000, 1_500],
  );
  assert.ok(
    !('closeTimeMs' in record) &&
      !('historyLength' in record) &&
      !('memo' in record) &&
      !('searchAttributes' in record),
  );
});

test('a closed run has them', () => {
  const closed = {
    ...open,
    status: WorkflowExecutionStatus.FAILED,
    closedAtMs: 2_000,
    historySizeBytes: 99,
    transitionCount: 3,
  };
  const { closeTimeMs, historyLength, historySizeBytes, stateTransitionCount, executionDurationMs } = visibilityRecord(
    closed,
    new Map(),
  );
  assert.deepEqual(
    [closeTimeMs, historyLength, historySizeBytes, stateTransitionCount, executionDurationMs],
    [2_000, 3, 99, 3, 500],
  );
});

test('attributes are typed by the schema; unknown ones and the memo are kept as bytes', () => {
  const searchAttributes = new Map([
    ['Mine', encodeAttribute(5, ATTRIBUTE_TYPE.int)],
    ['BuildIds', encodeAttribute(['a', 'b'], ATTRIBUTE_TYPE.keywordList)],
    ['When', encodeAttribute(Date.UTC(2026, 0, 31), ATTRIBUTE_TYPE.datetime)],
    ['Forgotten', encodeAttribute('x', ATTRIBUTE_TYPE.keyword)],
  ]);
  const memo = new Map([['m', Uint8Array.of(18, 1, 49)]]);
  const record = visibilityRecord(
    { ...open, searchAttributes, memo },
    new Map([
      ['Mine', 3],
      ['When', 6],
    ]),
  );
  assert.deepEqual(Object.fromEntries(record.attributes), {
    Mine: 5,
    BuildIds: ['a', 'b'],
    When: Date.UTC(2026, 0, 31),
  });
  assert.ok(record.searchAttributes);
  assert.deepEqual([...Memo.decode(record.memo ?? new Uint8Array(0)).fields.keys()], ['m']);
});
