import assert from 'node:assert/strict';
import type { Place, Scenario } from '../world.js';

export const workerScenarios: Scenario[] = [{ name: 'autoscaling-polls', run: autoscalingPolls }];

/** A worker that lets the server advise it on the number of its polls finds more work than it has polls. */
async function autoscalingPolls(at: Place) {
  const { queue, work } = at.otherQueue('busy');
  const start = (workflowId: string, name: string) =>
    at.client.workflow.start('hello', { workflowId, taskQueue: queue, args: [name] });
  const handles = [await start(at.id(), 'first')];
  for (let i = 0; i < 30; i++) handles.push(await start(`${at.id()}-${i}`, String(i)));
  const behavior = { type: 'autoscaling', initial: 1, minimum: 1, maximum: 20 } as const;
  const results = await work(Promise.all(handles.map((handle) => handle.result())), {
    workflowTaskPollerBehavior: behavior,
    activityTaskPollerBehavior: behavior,
  });
  assert.equal(results[0], 'Hello, first!');
  assert.equal(results.length, 31);
}
