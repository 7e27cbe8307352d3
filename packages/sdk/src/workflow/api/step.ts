/** Steps: code of a workflow file that runs in Node, once, with its result recorded. */
import { IllegalStateError } from '../../conversion/errors.js';
import type { LocalActivityOptions } from '../runtime/options.js';
import { scheduleLocalActivity } from '../runtime/activities.js';

/** Options of a step; those of a local activity. Default: `startToCloseTimeout` 10 s and the usual retries. */
export type StepOptions = LocalActivityOptions;

const DEFAULT_TIMEOUT = '10 seconds';

/**
 * Runs `fn` in Node, outside of the sandbox, and records its result: in a replay it does not run again. It is retried when it
 * fails. The bundler lifts it out of the workflow, so what it captures from around it must be data that can be sent.
 *
 * @example const rate = await step('exchange rate', () => fetch(url).then((response) => response.json()));
 */
export async function step<T>(name: string, _fn: () => T | Promise<T>, _options?: StepOptions): Promise<T> {
  throw new IllegalStateError(
    `step '${name}' was not lifted out of the workflow: it only works in workflows that a Perdure worker or ` +
      '`bundleWorkflowCode` has bundled, as a call of `step` imported from perdure/workflow, with the function written in place.',
  );
}

/** @internal What the bundler puts in the place of `step`: the function is the activity, what it captured are the arguments. */
export function scheduleStep<T>(
  name: string,
  activityType: string,
  args: unknown[],
  options: StepOptions = {},
): Promise<T> {
  const hasTimeout = options.startToCloseTimeout !== undefined || options.scheduleToCloseTimeout !== undefined;
  return scheduleLocalActivity<T>(activityType, args, {
    summary: name,
    ...(hasTimeout ? {} : { startToCloseTimeout: DEFAULT_TIMEOUT }),
    ...options,
  });
}
