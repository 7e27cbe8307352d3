/**
 * Histories that the official TypeScript SDK made, replayed by the very workflows that made them on this runtime: seeds, order
 * of jobs and number of microtasks of each call must be the same, or the replay core finds a mismatch.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { EventType } from '@perdure/protocol';
import { applyCompletion, applyTask } from '../replay/run.js';
import { createRun } from '../replay/run-state.js';
import { loadGolden } from '../replay/testing/golden.js';
import type { Golden } from '../replay/testing/golden.js';
import { bundleWorkflows, TestRealm } from './testing/realm-host.js';

const PROGRAMS = join(import.meta.dirname, '../../../../conformance/programs/typescript/workflows/index.ts');

describe('histories of the official TypeScript SDK', () => {
  let code: string;
  before(async () => {
    code = await bundleWorkflows({ path: PROGRAMS });
  });

  for (const golden of loadGolden('typescript'))
    it(`replays ${golden.name}`, () => {
      const step = replay(golden, new TestRealm(code));
      assert.equal(step.kind, 'replayed', inspect(step, { depth: 8 }));
    });
});

function replay({ events, runId }: Golden, world: TestRealm): ReturnType<typeof applyTask> {
  const run = createRun({ runId, workflowId: 'w', sdkName: 's', sdkVersion: '1', buildId: '', deploymentName: '' });
  const [started] = events;
  assert.equal(started?.eventType, EventType.WORKFLOW_EXECUTION_STARTED);
  const { workflowType, taskQueue, workflowId } = started.attributes;
  world.realm.createRun({
    runId,
    workflowId,
    workflowType: workflowType?.name ?? '',
    namespace: 'default',
    taskQueue: taskQueue?.name ?? '',
    showStackTraceSources: false,
  });
  const lastStarted = events.findLast(({ eventType }) => eventType === EventType.WORKFLOW_TASK_STARTED);
  const previousStartedEventId = lastStarted?.eventId ?? 0;
  const task = { events, historyComplete: true, previousStartedEventId, updates: [], queries: new Map() };
  let step = applyTask(run, task);
  while (step.kind === 'activate') step = applyCompletion(run, world.activate(step.activation).completion);
  return step;
}
