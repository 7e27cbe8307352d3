import assert from 'node:assert/strict';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import type { Place, Scenario } from '../world.js';
import { rejection, start } from './start.js';

export const visibilityScenarios: Scenario[] = [
  { name: 'list-and-count', run: listAndCount },
  { name: 'describe-while-open', run: describeOpen },
];

const keyword = defineSearchAttributeKey('ConformanceKeyword', 'KEYWORD');
const int = defineSearchAttributeKey('ConformanceInt', 'INT');

async function listAndCount(at: Place) {
  const tag = at.id('tag');
  for (const [i, type] of ['echo', 'echo', 'failsForGood', 'waitForFinish'].entries()) {
    const typedSearchAttributes = new TypedSearchAttributes([
      { key: keyword, value: tag },
      { key: int, value: i },
    ]);
    const run = start(at, type, ['x'], { suffix: String(i), typedSearchAttributes });
    if (type === 'waitForFinish') await run;
    else await (await run).result().catch(() => undefined);
  }
  const mine = `ConformanceKeyword = '${tag}'`;
  const queries = [
    mine,
    `${mine} AND ExecutionStatus = 'Completed'`,
    `${mine} AND ConformanceInt > 1`,
    `${mine} AND WorkflowType IN ('failsForGood', 'waitForFinish')`,
    `${mine} AND CloseTime IS NULL`,
    `${mine} AND (ConformanceInt = 0 OR ConformanceInt = 3) AND ExecutionStatus != 'Failed'`,
  ];
  await at.eventually(
    async () =>
      (await at.client.workflow.count(`${mine} AND ExecutionStatus != 'Running'`)).count === 3 &&
      (await at.client.workflow.count(mine)).count === 4,
  );
  for (const query of queries) {
    const found: string[] = [];
    for await (const { workflowId, status } of at.client.workflow.list({ query }))
      found.push(`${workflowId} ${status.name}`);
    at.observed[query] = found.sort();
  }
  const { count, groups } = await at.client.workflow.count(`${mine} GROUP BY ExecutionStatus`);
  at.observed['groups'] = {
    count,
    groups: groups.map(({ count, groupValues }) => `${String(groupValues[0])}: ${count}`).sort(),
  };
  await at.client.workflow.getHandle(at.id('3')).terminate();
  assert.equal(count, 4);
}

async function describeOpen(at: Place) {
  const handle = await start(at, 'asyncById', [], { memo: { m: 1 } });
  await at.settled(handle, 'ActivityTaskScheduled');
  await at.activityIs(handle, 'STARTED');
  await at.client.activity.heartbeat({ workflowId: handle.workflowId, activityId: 'open' }, 'half');
  await at.snapshot(handle.workflowId);
  await at.client.activity.complete({ workflowId: handle.workflowId, activityId: 'open' }, 1);
  await handle.result();
  const parent = await start(at, 'parent', ['waitForFinish', at.id('child')], { suffix: 'parent' });
  await at.settled(parent, 'ChildWorkflowExecutionStarted');
  await at.snapshot(parent.workflowId);
  await at.client.workflow.getHandle(at.id('child')).signal('finish');
  await parent.result();
  assert.ok(await rejection(at.client.workflow.getHandle('no-such-workflow').describe()));
}
