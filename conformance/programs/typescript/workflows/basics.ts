// Timers, markers, attributes, failures.
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineSignal,
  patched,
  setHandler,
  sleep,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';

const finish = defineSignal('finish');

export async function empty(): Promise<void> {}

export async function echo(value: unknown): Promise<unknown> {
  return value;
}

/** Open until the signal `finish`. */
export async function waitForFinish(): Promise<string> {
  let finished = false;
  setHandler(finish, () => void (finished = true));
  await condition(() => finished);
  return 'finished';
}

export async function sequentialTimers(): Promise<number> {
  await sleep(1);
  await sleep('200ms');
  await sleep('1s', { summary: 'the last one' });
  return 3;
}

/** Starts timers, then cancels all of them at once. */
export async function manyTimers(count: number): Promise<number> {
  let finished = false;
  setHandler(finish, () => void (finished = true));
  const scope = new CancellationScope();
  const timers = scope.run(() => Promise.allSettled(Array.from({ length: count }, (_, i) => sleep(3_600_000 + i))));
  await condition(() => finished);
  scope.cancel();
  return (await timers).filter(({ status }) => status === 'rejected').length;
}

export async function conditionWithTimeout(): Promise<boolean> {
  return condition(() => false, '500ms');
}

export async function patches(): Promise<boolean> {
  return patched('first-patch') && patched('second-patch');
}

export async function upserts(): Promise<unknown> {
  const keyword = defineSearchAttributeKey('ConformanceKeyword', 'KEYWORD');
  const int = defineSearchAttributeKey('ConformanceInt', 'INT');
  upsertSearchAttributes([
    { key: keyword, value: 'one' },
    { key: int, value: 7 },
  ]);
  upsertMemo({ added: 'yes', removed: null });
  await sleep(1);
  upsertSearchAttributes([{ key: int, value: null }]);
  return workflowInfo().memo;
}

/** Many small events: enough for several pages. */
export async function manyEvents(count: number): Promise<void> {
  for (let i = 0; i < count; i++) upsertMemo({ at: i });
}

export async function failWithCauses(): Promise<never> {
  const root = ApplicationFailure.create({ message: 'root', type: 'Root', details: [{ deep: true }] });
  const middle = ApplicationFailure.create({ message: 'middle', type: 'Middle', nonRetryable: true, cause: root });
  throw ApplicationFailure.create({ message: 'top', type: 'Top', details: ['x', 2], cause: middle });
}
