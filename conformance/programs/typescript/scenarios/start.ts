// The usual ways in which scenarios start executions and read failures.
import type { WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import type { Place } from '../world.js';

export type Options = Partial<WorkflowStartOptions> & { suffix?: string };

/** Starts a workflow of the scenario on its queue; `suffix` tells several executions apart. */
export function start(
  at: Place,
  type: string,
  args: unknown[] = [],
  { suffix, ...options }: Options = {},
): Promise<WorkflowHandle> {
  return at.client.workflow.start(type, {
    workflowId: at.id(suffix),
    taskQueue: at.queue,
    args,
    ...options,
  } as WorkflowStartOptions);
}

/** Starts and waits for the result. */
export async function execute(at: Place, type: string, args: unknown[] = [], options: Options = {}): Promise<unknown> {
  return (await start(at, type, args, options)).result();
}

/** The error a promise must reject with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { cause?: unknown }> {
  const unexpected = await promise.then(
    (value) => ({ value }),
    (error: Error) => error,
  );
  if (unexpected instanceof Error) return unexpected;
  throw new Error(`expected an error, got ${JSON.stringify(unexpected)}`);
}

/** The names and messages of an error and its causes. */
export function chain(error: unknown): string[] {
  return error instanceof Error ? [`${error.name}: ${error.message}`, ...chain(error.cause)] : [];
}
