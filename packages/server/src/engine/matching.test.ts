import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Matching } from './matching.js';
import type { ParkedPoller, QueuedTask, QueueKey } from './matching.js';

const QUEUE: QueueKey = { namespaceId: 'ns', kind: 'activity', name: 'q' };
const STICKY: QueueKey = { namespaceId: 'ns', kind: 'workflow', name: 'sticky' };

function poller(pollId: number, more: Partial<ParkedPoller> = {}): ParkedPoller {
  return {
    pollId,
    queue: QUEUE,
    identity: `worker-${pollId}`,
    workerInstanceKey: '',
    deadlineMs: 60_000,
    parkedAtMs: 0,
    isSticky: false,
    normalName: '',
    ...more,
  };
}

function task(taskNo: number, more: Partial<QueuedTask> = {}): QueuedTask {
  return {
    taskNo,
    queue: QUEUE,
    runId: `run-${taskNo}`,
    execNo: taskNo,
    scheduledEventId: 5,
    attempt: 1,
    stamp: 0,
    createdAtMs: 0,
    priorityKey: 3,
    fairnessKey: '',
    fairnessWeight: 1,
    passTicket: taskNo,
    ...more,
  };
}

function newMatching(backlogTasksInMemoryMax = 100): Matching {
  return new Matching({ backlogTasksInMemoryMax });
}

test('a task meets the poll that waits longest; a poll meets the task that is served first', () => {
  const matching = newMatching();
  assert.equal(matching.poll(poller(1), 0), undefined);
  assert.equal(matching.poll(poller(2), 0), undefined);
  assert.equal(matching.offer(task(1), 1)?.pollId, 1);
  assert.equal(matching.offer(task(2), 1)?.pollId, 2);
  assert.equal(matching.offer(task(3), 1), undefined);
  assert.equal(matching.offer(task(4, { priorityKey: 1 }), 1), undefined);
  assert.equal(matching.poll(poller(3), 2)?.taskNo, 4);
  assert.equal(matching.poll(poller(4), 2)?.taskNo, 3);
  assert.equal(matching.poll(poller(5), 2), undefined);
});

test('queues of one name differ by namespace and kind', () => {
  const matching = newMatching();
  matching.poll(poller(1), 0);
  assert.equal(matching.offer(task(1, { queue: { ...QUEUE, kind: 'workflow' } }), 0), undefined);
  assert.equal(matching.offer(task(2, { queue: { ...QUEUE, namespaceId: 'other' } }), 0), undefined);
  assert.equal(matching.offer(task(3), 0)?.pollId, 1);
});

test('a claim needs an empty queue and a poll with more than a second left', () => {
  const matching = newMatching();
  assert.equal(matching.claim(QUEUE, 0), undefined);
  matching.poll(poller(1, { deadlineMs: 2_000 }), 0);
  matching.poll(poller(2, { deadlineMs: 9_000 }), 0);
  assert.equal(matching.claim(QUEUE, 1_000)?.pollId, 2);
  assert.equal(matching.claim(QUEUE, 1_000), undefined);
  assert.equal(matching.offer(task(1), 1_000)?.pollId, 1, 'a stored task still finds it');
  matching.offer(task(2), 1_000);
  matching.park(poller(2, { deadlineMs: 9_000 }));
  assert.equal(matching.claim(QUEUE, 1_000), undefined, 'a task waits');
  assert.deepEqual(
    matching.takeMatches(1_000).map((match) => [match.task.taskNo, match.poller.pollId]),
    [[2, 2]],
  );
});

test('a claim leaves a poll to a task whose row is being written', () => {
  const matching = newMatching();
  const ticket = matching.assign(task(1), 0);
  matching.poll(poller(1), 0);
  assert.equal(matching.claim(QUEUE, 0), undefined);
  matching.poll(poller(2), 0);
  assert.equal(matching.claim(QUEUE, 0)?.pollId, 1);
  assert.equal(matching.offer(task(1, { passTicket: ticket }), 0)?.pollId, 2);
  matching.assign(task(2), 0);
  matching.poll(poller(3), 0);
  matching.drop(QUEUE, 2);
  assert.equal(matching.claim(QUEUE, 0)?.pollId, 3, 'its commit failed');
});

test('a failed claim goes back to the front, a task given back to its place', () => {
  const matching = newMatching();
  for (const pollId of [1, 2]) matching.poll(poller(pollId), 0);
  const claimed = matching.claim(QUEUE, 0);
  assert.equal(claimed?.pollId, 1);
  matching.park(poller(1));
  assert.equal(matching.claim(QUEUE, 0)?.pollId, 1);
  assert.equal(matching.claim(QUEUE, 0)?.pollId, 2);
  for (const taskNo of [1, 2, 3]) matching.offer(task(taskNo), 0);
  const popped = matching.poll(poller(3), 0);
  assert.equal(popped?.taskNo, 1);
  assert.equal(matching.giveBack(task(1)), undefined);
  assert.equal(matching.poll(poller(4), 0)?.taskNo, 1);
  matching.poll(poller(5), 0);
  matching.poll(poller(6), 0);
  matching.poll(poller(7), 0);
  assert.equal(matching.giveBack(task(3))?.pollId, 7, 'matched at once');
});

test('tasks without a row go first and can be taken back', () => {
  const matching = newMatching();
  matching.offer(task(1), 0);
  const speculative = task(0, { runId: 's' });
  const query = task(0, { runId: 'q', queryId: 'query-1' });
  matching.offer(speculative, 0);
  matching.offer(query, 0);
  assert.equal(matching.withdraw(task(0, { queryId: 'query-1' })), true);
  assert.equal(matching.withdraw(query), false);
  assert.equal(matching.poll(poller(1), 0), speculative);
  matching.giveBack(speculative);
  assert.equal(matching.poll(poller(2), 0), speculative);
  assert.equal(matching.poll(poller(3), 0)?.taskNo, 1);
});

test('polls end by cancel, by deadline, or with their worker', () => {
  const matching = newMatching();
  matching.poll(poller(1, { deadlineMs: 300 }), 0);
  matching.poll(poller(2, { deadlineMs: 100 }), 0);
  matching.poll(poller(3, { deadlineMs: 200, workerInstanceKey: 'w', queue: STICKY }), 0);
  matching.poll(poller(4, { deadlineMs: 400, workerInstanceKey: 'w' }), 0);
  matching.poll(poller(5, { deadlineMs: 500, identity: 'me' }), 0);
  assert.equal(matching.nextDeadlineMs(), 100);
  assert.equal(matching.cancelPoll(2), true);
  assert.equal(matching.cancelPoll(2), false);
  assert.equal(matching.nextDeadlineMs(), 200);
  assert.deepEqual(
    matching.takeWorkerPolls({ workerInstanceKey: 'w' }).map((each) => each.pollId),
    [3, 4],
  );
  assert.deepEqual(matching.takeWorkerPolls({ workerInstanceKey: 'w' }), []);
  assert.deepEqual(
    matching.takeWorkerPolls({ identity: 'me', queue: QUEUE }).map((each) => each.pollId),
    [5],
  );
  assert.deepEqual(
    matching.expirePolls(300).map((each) => each.pollId),
    [1],
  );
  assert.equal(matching.parkedCount, 0);
  assert.equal(matching.offer(task(1), 300), undefined);
});

test('recent pollers and the description', () => {
  const matching = newMatching();
  assert.equal(matching.hasRecentPoller(QUEUE, 0, 10_000), false);
  matching.poll(poller(1, { ratePerSecond: 7 }), 0);
  assert.equal(matching.hasRecentPoller(QUEUE, 50_000, 10_000), true, 'parked');
  matching.expirePolls(60_000);
  assert.equal(matching.hasRecentPoller(QUEUE, 70_000, 10_000), true);
  assert.equal(matching.hasRecentPoller(QUEUE, 70_001, 10_000), false);
  matching.offer(task(1, { createdAtMs: 69_000 }), 70_000);
  matching.offer(task(2, { createdAtMs: 70_000, priorityKey: 1 }), 70_000);
  const described = matching.describe(QUEUE, 71_000);
  assert.deepEqual(described.pollers, [{ identity: 'worker-1', lastAccessMs: 60_000, ratePerSecond: 7 }]);
  assert.equal(described.backlogCount, 2);
  assert.equal(described.backlogAgeMs, 2_000);
  assert.equal(described.addRate, 2);
  assert.equal(described.dispatchRate, 0);
  assert.equal(described.byPriority.get(1)?.backlogAgeMs, 1_000);
  assert.deepEqual(matching.describe(QUEUE, 60_001 + 5 * 60_000).pollers, []);
  assert.equal(matching.describe(STICKY, 0).backlogCount, 0);
});

test('a rate limit holds for polls, offers and claims, and wakes the queue', () => {
  const matching = newMatching();
  matching.setRateLimit(QUEUE, 2, 0);
  for (const pollId of [1, 2, 3, 4, 5]) matching.poll(poller(pollId), 0);
  assert.equal(matching.offer(task(1), 0)?.pollId, 1);
  assert.equal(matching.claim(QUEUE, 0)?.pollId, 2);
  assert.equal(matching.claim(QUEUE, 0), undefined);
  assert.equal(matching.offer(task(2), 0), undefined);
  assert.equal(matching.offer(task(3, { priorityKey: 1 }), 0), undefined);
  assert.deepEqual(matching.takeMatches(0), []);
  assert.equal(matching.nextRateDueMs(), 500);
  assert.deepEqual(matching.takeMatches(499), []);
  assert.deepEqual(
    matching.takeMatches(500).map((match) => [match.task.taskNo, match.poller.pollId]),
    [[3, 3]],
  );
  assert.equal(matching.nextRateDueMs(), 1_000);
  matching.setRateLimit(QUEUE, 0, 600);
  assert.deepEqual(matching.takeMatches(9_000), []);
  assert.equal(matching.nextRateDueMs(), undefined);
  matching.setRateLimit(QUEUE, undefined, 9_000);
  assert.deepEqual(
    matching.takeMatches(9_000).map((match) => [match.task.taskNo, match.poller.pollId]),
    [[2, 4]],
  );
});

test('what operators set counts for more than what a worker asks for, and outlives the queue', () => {
  const matching = newMatching();
  const rates = { perSecond: 0, perKeyPerSecond: undefined, weights: new Map<string, number>() };
  matching.configure(QUEUE, rates, 0);
  matching.setRateLimit(QUEUE, 5, 0);
  matching.offer(task(1), 0);
  assert.equal(matching.poll(poller(1), 0), undefined);
  assert.equal(matching.nextRateDueMs(), undefined);
  assert.deepEqual(matching.describe(QUEUE, 0).rateLimit, { perSecond: 0, isFromWorker: false });
  matching.configure(QUEUE, { ...rates, perSecond: undefined }, 10);
  assert.deepEqual(matching.describe(QUEUE, 10).rateLimit, { perSecond: 5, isFromWorker: true });
  assert.equal(matching.takeMatches(10).length, 1);
});

test('a rate of each fairness key, times its weight', () => {
  const matching = newMatching();
  matching.configure(QUEUE, { perSecond: undefined, perKeyPerSecond: 1, weights: new Map([['heavy', 2]]) }, 0);
  for (const pollId of [1, 2, 3, 4, 5, 6]) matching.poll(poller(pollId), 0);
  assert.equal(matching.claim(QUEUE, 0), undefined, 'a claim does not know the key');
  const offer = (taskNo: number, fairnessKey: string): number | undefined =>
    matching.offer(task(taskNo, { fairnessKey }), 0)?.pollId;
  assert.deepEqual([offer(1, 'light'), offer(2, 'heavy'), offer(3, 'heavy')], [1, 2, 3]);
  assert.deepEqual([offer(4, 'light'), offer(5, 'heavy'), offer(6, 'other')], [undefined, undefined, undefined]);
  const due = (nowMs: number): number[] => matching.takeMatches(nowMs).map((match) => match.task.taskNo);
  assert.deepEqual(due(999), [], 'the first in order holds back the others');
  assert.equal(matching.nextRateDueMs(), 1_000);
  assert.deepEqual(due(1_000), [4, 5, 6]);
});

test('weights of operators replace those of tasks', () => {
  const matching = newMatching();
  const assign = (fairnessKey: string): number => matching.assign(task(9, { fairnessKey, fairnessWeight: 1 }), 0);
  assert.equal(assign('a'), 1_000);
  matching.configure(QUEUE, { perSecond: undefined, perKeyPerSecond: undefined, weights: new Map([['b', 10]]) }, 0);
  assert.equal(assign('b'), 100);
});

test('a poll does not overtake parked ones when a token comes', () => {
  const matching = newMatching();
  matching.setRateLimit(QUEUE, 1, 0);
  matching.poll(poller(1), 0);
  matching.offer(task(1), 0);
  matching.poll(poller(2), 0);
  matching.offer(task(2), 0);
  assert.deepEqual(matching.takeMatches(0), []);
  assert.equal(matching.poll(poller(3), 1_000), undefined);
  assert.deepEqual(
    matching.takeMatches(1_000).map((match) => match.poller.pollId),
    [2],
  );
});

test('a forgotten queue gives its tasks back and knows no pollers', () => {
  const matching = newMatching();
  matching.poll(poller(1, { queue: STICKY, workerInstanceKey: 'w' }), 0);
  matching.takeWorkerPolls({ workerInstanceKey: 'w' });
  const direct = task(0, { queue: STICKY });
  matching.offer(task(1, { queue: STICKY }), 0);
  matching.offer(direct, 0);
  assert.equal(matching.isWhollyInMemory(STICKY), true);
  assert.deepEqual(
    matching.forgetQueue(STICKY).map((each) => each.taskNo),
    [0, 1],
  );
  assert.deepEqual(matching.forgetQueue(STICKY), []);
  assert.equal(matching.hasRecentPoller(STICKY, 0, 10_000), false);
});

test('more tasks than the window are counted and read back in order', () => {
  const matching = newMatching(4);
  for (let taskNo = 1; taskNo <= 10; taskNo += 1) matching.offer(task(taskNo), 0);
  assert.equal(matching.describe(QUEUE, 0).backlogCount, 10);
  assert.equal(matching.isWhollyInMemory(QUEUE), false);
  assert.deepEqual(matching.wantsLoad(), []);
  for (const taskNo of [1, 2, 3]) assert.equal(matching.poll(poller(taskNo), 0)?.taskNo, taskNo);
  const [load, ...others] = matching.wantsLoad();
  assert.deepEqual([load?.after.taskNo, load?.limit, others.length], [4, 3, 0]);
  assert.deepEqual(matching.wantsLoad(), [], 'one load at a time');
  assert.equal(matching.poll(poller(4), 0)?.taskNo, 4);
  assert.equal(matching.poll(poller(5), 0), undefined);
  assert.equal(matching.claim(QUEUE, 0), undefined, 'tasks are stored');
  matching.loaded(QUEUE, [task(5), task(6), task(7)], false);
  assert.deepEqual(
    matching.takeMatches(0).map((match) => [match.task.taskNo, match.poller.pollId]),
    [[5, 5]],
  );
  assert.equal(matching.poll(poller(6), 0)?.taskNo, 6);
  assert.deepEqual(matching.wantsLoad().length, 1);
  matching.loadFailed(QUEUE);
  const [again] = matching.wantsLoad();
  assert.equal(again?.after.taskNo, 7);
  matching.drop(QUEUE, 9);
  matching.loaded(QUEUE, [task(8), task(9), task(10)], true);
  assert.deepEqual(
    [7, 8, 10, undefined],
    [1, 2, 3, 4].map((no) => matching.poll(poller(10 + no), 0)?.taskNo),
  );
  assert.equal(matching.claim(QUEUE, 0)?.pollId, 14);
});

test('rows of an earlier life are loaded, new tasks go behind them, a late answer is ignored', () => {
  const matching = newMatching(10);
  matching.noteStored(QUEUE, 2, 7_000);
  matching.poll(poller(1), 0);
  assert.equal(matching.claim(QUEUE, 0), undefined);
  const [load] = matching.wantsLoad();
  assert.ok(load !== undefined);
  const passTicket = matching.assign(task(3), 0);
  assert.ok(passTicket > 7_000);
  assert.equal(matching.offer(task(3, { passTicket }), 0), undefined);
  matching.loaded(QUEUE, [task(9)], true, load.loadNo - 1);
  matching.loaded(QUEUE, [task(1, { passTicket: 6_000 }), task(2, { passTicket: 7_000 })], true, load.loadNo);
  assert.deepEqual(
    matching.takeMatches(0).map((match) => [match.task.taskNo, match.poller.pollId]),
    [[1, 1]],
  );
  assert.deepEqual([2, 3], [matching.poll(poller(2), 0)?.taskNo, matching.poll(poller(3), 0)?.taskNo]);
});

test('queues nobody uses are let go', () => {
  const matching = newMatching();
  for (let no = 0; no < 5_000; no += 1) {
    const queue = { ...STICKY, name: `sticky-${no}` };
    matching.poll(poller(no, { queue, deadlineMs: no * 10_000 + 1 }), no * 10_000);
    matching.expirePolls(no * 10_000 + 1);
  }
  assert.equal(matching.hasRecentPoller({ ...STICKY, name: 'sticky-0' }, 0, 1e12), false);
  assert.equal(matching.hasRecentPoller({ ...STICKY, name: 'sticky-4999' }, 50_000_000, 1e6), true);
});
