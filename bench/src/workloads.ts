/** What is measured: how the client loads the server, and what the workflows at the worker do (worker/programs.ts). */

/**
 * - `result`: start, wait for the result.
 * - `start`: start only; nobody works on them.
 * - `signal`, `query`, `update`: requests to executions that stay open.
 */
export type LoadKind = 'result' | 'start' | 'signal' | 'query' | 'update';

export interface Workload {
  readonly name: string;
  readonly kind: LoadKind;
  readonly workflowType: string;
  /** Operations in flight. */
  readonly concurrency: number;
  /** What one operation is, for the table. */
  readonly operation: string;
  /** The latency shown is the worker's: from the command to the task that answers it. */
  readonly latencyAtWorker?: boolean;
}

export const WORKLOADS: readonly Workload[] = [
  { name: 'empty', kind: 'result', workflowType: 'empty', concurrency: 50, operation: 'workflow' },
  { name: 'one-activity', kind: 'result', workflowType: 'activities-1', concurrency: 50, operation: 'workflow' },
  { name: 'ten-activities', kind: 'result', workflowType: 'activities-10', concurrency: 50, operation: 'workflow' },
  {
    name: 'one-at-a-time',
    kind: 'result',
    workflowType: 'activities-1',
    concurrency: 1,
    operation: 'workflow with one activity',
  },
  {
    name: 'timer-50ms',
    kind: 'result',
    workflowType: 'timer-50',
    concurrency: 10,
    operation: 'workflow; latency: command to task',
    latencyAtWorker: true,
  },
  {
    name: 'signals',
    kind: 'signal',
    workflowType: 'signals-1000',
    concurrency: 50,
    operation: 'signal to one execution',
  },
  { name: 'query', kind: 'query', workflowType: 'open', concurrency: 10, operation: 'query' },
  { name: 'update', kind: 'update', workflowType: 'open', concurrency: 10, operation: 'update, until completed' },
  { name: 'start-only', kind: 'start', workflowType: 'empty', concurrency: 100, operation: 'start' },
];
