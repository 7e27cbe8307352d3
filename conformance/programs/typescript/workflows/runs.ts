// Chains of runs: continue-as-new, retry, cron.
import { ApplicationFailure, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';

export async function countsDown(n: number): Promise<string> {
  if (n > 0) await continueAsNew<typeof countsDown>(n - 1);
  return 'down';
}

export async function failsUntilAttempt(attempt: number): Promise<number> {
  const current = workflowInfo().attempt;
  if (current < attempt) throw ApplicationFailure.create({ message: `attempt ${current} fails` });
  return current;
}

export async function failsForGood(type: string): Promise<never> {
  throw ApplicationFailure.create({ message: 'for good', type });
}

/** Two runs of a cron end, the third stays open. */
export async function cronThrice(): Promise<number> {
  const last = (workflowInfo().lastResult as number | undefined) ?? 0;
  if (last === 2) await condition(() => false);
  return last + 1;
}
