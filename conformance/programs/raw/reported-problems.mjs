// The search attribute TemporalReportedProblems: set when workflow tasks fail again and again, gone with the next that completes.
import { command, seconds } from './place.mjs';

const CAUSE = 'WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE';
const OTHER_CAUSE = 'WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR';

export const reportedProblemsScenarios = {
  async 'problems-reported'(at) {
    const execution = await at.start();
    await failTasks(at, 4);
    await observe(at, execution, 'after four');
    await failTasks(at, 1);
    await observe(at, execution, 'after five');
    await found(at, execution);
    const sixth = await at.pollWorkflow();
    await at.signal(execution, 'ends the streak'); // the later tasks of a streak have timeouts of random length
    await at.fail(sixth, CAUSE, 'failed');
    await at.complete(await at.pollWorkflow(), [command.startTimer('t')]);
    await observe(at, execution, 'after one that completed');
    await at.terminate(execution);
  },

  /** What counts is the first of a streak: history has it. */
  async 'problems-reported-of-a-timeout'(at) {
    const execution = await at.start({ workflowTaskTimeout: seconds(1) });
    await at.pollWorkflow();
    await failTasks(at, 4);
    await observe(at, execution, 'after five');
    await at.terminate(execution);
  },

  /** A signal begins a new streak in history; the count goes on. */
  async 'problems-reported-across-a-signal'(at) {
    const execution = await at.start();
    await failTasks(at, 2);
    const third = await at.pollWorkflow();
    await at.signal(execution, 'during a transient task');
    await at.fail(third, CAUSE, 'failed');
    await failTasks(at, 1, OTHER_CAUSE);
    await observe(at, execution, 'after four');
    await failTasks(at, 1);
    await observe(at, execution, 'after five');
    await at.terminate(execution);
  },

  async 'problems-reported-by-the-end'(at) {
    const execution = await at.start();
    await failTasks(at, 4);
    await at.pollWorkflow();
    await at.terminate(execution);
    await observe(at, execution, 'after the end');
  },
};

async function failTasks(at, count, cause = CAUSE) {
  for (let i = 0; i < count; i++) await at.fail(await at.pollWorkflow(), cause, 'failed');
}

async function observe(at, { workflowId }, label) {
  const { workflowExecutionInfo } = await at.call('DescribeWorkflowExecution', { execution: { workflowId } });
  const { TemporalReportedProblems } = workflowExecutionInfo.searchAttributes?.indexedFields ?? {};
  at.observed[label] = TemporalReportedProblems ?? 'none';
}

/** Resolves when a list finds it. */
async function found(at, { workflowId }) {
  const query = `WorkflowId = '${workflowId}' AND TemporalReportedProblems = 'category=WorkflowTaskFailed'`;
  while (!at.isOver && Number((await at.call('CountWorkflowExecutions', { query })).count ?? 0) === 0)
    await new Promise((resolve) => setTimeout(resolve, 100));
  if (at.isOver) throw new Error('no list found it');
}
