/** A new run with a fresh history. */
import { optionalDurationMs } from '../../conversion/duration.js';
import { encodeInitialVersioningBehavior } from '../../conversion/versioning.js';
import type { Workflow } from '../../conversion/workflow-types.js';
import { requireRun } from '../runtime/current.js';
import { ContinueAsNew } from '../runtime/errors.js';
import { intercepted } from '../runtime/interceptors.js';
import type { ContinueAsNewInput } from '../runtime/interceptors.js';
import type { ContinueAsNewOptions } from '../runtime/options.js';
import type { Run } from '../runtime/run.js';
import { encodeHeaders, encodeMemo, encodeSearchAttributes, encodeValues } from '../runtime/values.js';

/** `continueAsNew` with other options for the next run. */
export function makeContinueAsNewFunc<F extends Workflow>(
  options: ContinueAsNewOptions = {},
): (...args: Parameters<F>) => Promise<never> {
  const run = requireRun('makeContinueAsNewFunc()');
  const { workflowType = run.setup.workflowType, taskQueue = run.setup.taskQueue } = options;
  const next = intercepted(
    run.loaded.interceptors.outbound,
    'continueAsNew',
    async (input: ContinueAsNewInput): Promise<never> => {
      throw new ContinueAsNew({ kind: 'continueAsNew', attributes: attributesOf(run, input) });
    },
  );
  return (...args) => next({ args, headers: {}, options: { ...options, workflowType, taskQueue } });
}

/**
 * Ends this run and starts another of the same workflow with these arguments, in one step. Use it before the history gets
 * long: when `workflowInfo().continueAsNewSuggested`. Wait for handlers first: `await condition(allHandlersFinished)`.
 * It throws, so nothing behind it runs; call it in the workflow's function, not in a handler.
 *
 * @example return continueAsNew<typeof poller>(cursor);
 */
export function continueAsNew<F extends Workflow>(...args: Parameters<F>): Promise<never> {
  return makeContinueAsNewFunc<F>()(...args);
}

function attributesOf(
  run: Run,
  { args, headers, options }: ContinueAsNewInput,
): ContinueAsNew['command']['attributes'] {
  // What is left out is as in this run.
  const { memo, searchAttributes, retryPolicy } = run.init?.attributes ?? {};
  const { typedSearchAttributes, taskQueue = run.setup.taskQueue } = options;
  return {
    workflowType: { name: options.workflowType },
    taskQueue: { name: taskQueue },
    input: encodeValues(run.conversion, args),
    header: encodeHeaders(headers),
    memo: options.memo ? encodeMemo(run.conversion, options.memo) : memo,
    searchAttributes: typedSearchAttributes ? encodeSearchAttributes(typedSearchAttributes) : searchAttributes,
    retryPolicy,
    workflowRunTimeout: optionalDurationMs(options.workflowRunTimeout),
    workflowTaskTimeout: optionalDurationMs(options.workflowTaskTimeout),
    backoffStartInterval: optionalDurationMs(options.backoffStartInterval),
    inheritBuildId: taskQueue === run.setup.taskQueue,
    initialVersioningBehavior: encodeInitialVersioningBehavior(options.initialVersioningBehavior),
  };
}
