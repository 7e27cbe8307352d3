// Scenarios without an SDK: each call and each answer of a worker written out.
import { reportBadInputs } from './bad-input-reports.mjs';
import { makePlace } from './place.mjs';
import { activityTaskScenarios } from './activity-tasks.mjs';
import { commandScenarios } from './commands.mjs';
import { reportedProblemsScenarios } from './reported-problems.mjs';
import { requestScenarios } from './requests.mjs';
import { taskQueueScenarios } from './task-queues.mjs';
import { workflowTaskScenarios } from './workflow-tasks.mjs';

const scenarios = {
  ...workflowTaskScenarios,
  ...reportedProblemsScenarios,
  ...activityTaskScenarios,
  ...commandScenarios,
  ...requestScenarios,
  ...taskQueueScenarios,
};

/** Runs all scenarios, or those named in `only`, and resolves to their reports. */
export async function runRaw(server, { nonce, only }) {
  const chosen = Object.entries(scenarios).filter(([name]) => !only || only.split(',').includes(name));
  const reports = await reportBadInputs(server, nonce, only);
  const turns = Array.from({ length: 4 }, async () => {
    for (let next = chosen.shift(); next; next = chosen.shift()) reports.push(await runOne(server, nonce, next));
  });
  await Promise.all(turns);
  return reports;
}

async function runOne(server, nonce, [scenario, run]) {
  const at = makePlace(server, scenario, nonce);
  const timer = setTimeout(() => (at.isOver = true), 30_000);
  const error = await run(at).then(
    () => undefined,
    (reason) => String(reason?.stack ?? reason),
  );
  clearTimeout(timer);
  return { scenario, ok: error === undefined, error, executions: at.executions, observed: at.observed };
}
