import assert from 'node:assert/strict';
import type { Place, Scenario } from '../world.js';
import { chain, execute, rejection, start } from './start.js';

export const policyScenarios: Scenario[] = [
  { name: 'id-conflict-fail', run: conflictFail },
  { name: 'id-conflict-use-existing', run: useExisting },
  { name: 'id-conflict-terminate-existing', run: terminateExisting },
  { name: 'id-reuse-allow', run: reuseAllowed },
  { name: 'id-reuse-reject', run: reuseRejected },
  { name: 'id-reuse-failed-only', run: reuseFailedOnly },
];

async function waiting(at: Place, options = {}) {
  const handle = await start(at, 'waitForFinish', [], options);
  await at.settled(handle, 'WorkflowTaskCompleted');
  return handle;
}

/** Ids and the nonce differ between servers: only the first words count. */
const words = (error: Error) => chain(error).map((text) => text.replace(/[;.].*/s, ''));

async function conflictFail(at: Place) {
  const handle = await waiting(at);
  at.observed['error'] = words(await rejection(start(at, 'waitForFinish')));
  await handle.signal('finish');
  await handle.result();
}

async function useExisting(at: Place) {
  const handle = await waiting(at);
  const again = await start(at, 'waitForFinish', [], { workflowIdConflictPolicy: 'USE_EXISTING' });
  at.observed['same run'] = (await again.describe()).runId === (await handle.describe()).runId;
  await handle.signal('finish');
  assert.equal(await again.result(), 'finished');
}

async function terminateExisting(at: Place) {
  const first = await waiting(at);
  const { runId } = await first.describe();
  const second = await start(at, 'waitForFinish', [], { workflowIdConflictPolicy: 'TERMINATE_EXISTING' });
  await at.settled(second, 'WorkflowTaskCompleted');
  await second.signal('finish');
  assert.equal(await second.result(), 'finished');
  at.runs.push({ workflowId: first.workflowId, runId });
}

async function reuseAllowed(at: Place) {
  assert.equal(await execute(at, 'echo', [1]), 1);
  at.runs.push({ workflowId: at.id(), runId: (await at.client.workflow.getHandle(at.id()).describe()).runId });
  assert.equal(await execute(at, 'echo', [2]), 2);
}

async function reuseRejected(at: Place) {
  assert.equal(await execute(at, 'echo', [1]), 1);
  at.observed['error'] = words(await rejection(start(at, 'echo', [2], { workflowIdReusePolicy: 'REJECT_DUPLICATE' })));
}

async function reuseFailedOnly(at: Place) {
  const policy = { workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY' } as const;
  await rejection(execute(at, 'failsForGood', ['X']));
  at.runs.push({ workflowId: at.id(), runId: (await at.client.workflow.getHandle(at.id()).describe()).runId });
  assert.equal(await execute(at, 'echo', [1], policy), 1);
  at.observed['error'] = words(await rejection(start(at, 'echo', [2], policy)));
}
