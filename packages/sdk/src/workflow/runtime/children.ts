/** Child workflows: two promises, of the start and of the result. */
import { ParentClosePolicyNames } from '@perdure/protocol';
import type { ParentClosePolicy as WireParentClosePolicy } from '@perdure/protocol';
import { enumCodec } from '../../conversion/enum-codec.js';
import { optionalDurationMs } from '../../conversion/duration.js';
import { compilePriority } from '../../conversion/priority.js';
import { compileRetryPolicy } from '../../conversion/retry-policy.js';
import { encodeWorkflowIdReusePolicy } from '../../conversion/workflow-options.js';
import type { ChildCancellation, StartChild } from '../../replay/contract.js';
import { CancellationScope } from './cancellation-scope.js';
import { requireRun } from './current.js';
import type { StartChildWorkflowExecutionInput } from './interceptors.js';
import { ParentClosePolicy } from './options.js';
import type { ChildWorkflowCancellationType } from './options.js';
import type { Run } from './run.js';
import { encodeHeaders, encodeMemo, encodeSearchAttributes, encodeUserMetadata, encodeValues } from './values.js';
import type { Conversion } from './values.js';
import { Wait, WaitKind } from './waits.js';
import type { WaitKey } from './waits.js';

const CANCELLATIONS: { readonly [type in ChildWorkflowCancellationType]: ChildCancellation } = {
  ABANDON: 'abandon',
  TRY_CANCEL: 'tryCancel',
  WAIT_CANCELLATION_REQUESTED: 'waitRequested',
  WAIT_CANCELLATION_COMPLETED: 'waitCompleted',
};

const closePolicies = enumCodec<ParentClosePolicy, WireParentClosePolicy>(
  'ParentClosePolicy',
  ParentClosePolicy,
  ParentClosePolicyNames,
);

/** A child whose start or end is waited for. */
export class ChildWait<T> extends Wait<T> {
  readonly workflowType: string;
  readonly conversion: Conversion;

  constructor(
    child: { readonly workflowType: string; readonly conversion: Conversion },
    key: WaitKey,
    scope: CancellationScope | undefined,
    settle: ConstructorParameters<typeof Wait<T>>[2],
  ) {
    super(key, scope, settle, cancelChild);
    this.workflowType = child.workflowType;
    this.conversion = child.conversion;
  }
}

function cancelChild<T>({ run, seq }: Wait<T>): void {
  run.push({ kind: 'cancelChild', seq, reason: 'Cancelled by its parent' });
}

/** The innermost call behind `startChild` and `executeChild`. */
export function startChildNow(input: StartChildWorkflowExecutionInput): Promise<[Promise<string>, Promise<unknown>]> {
  const { workflowType, options, seq } = input;
  const run = requireRun('startChild()');
  const conversion = run.conversionFor(options.workflowId);
  const child = { workflowType, conversion };
  const scope = CancellationScope.current();
  const inScope = scope.cancellable ? scope : undefined;
  let failCompletion = (_error: unknown): void => undefined;
  let completion: ChildWait<unknown> | undefined;
  const completed = new Promise<unknown>((resolve, reject) => {
    failCompletion = reject;
    const key = { run, kind: WaitKind.CHILD, seq, below: startChildNow };
    completion = new ChildWait<unknown>(child, key, inScope, { resolve, reject });
  });
  const started = new Promise<string>((resolve, reject) => {
    if (scope.consideredCancelled) {
      scope.listen({ onCancel: reject });
      return;
    }
    if (completion !== undefined && scope.cancellable) scope.listen(completion);
    run.push(startCommand(run, input, conversion));
    const key = { run, kind: WaitKind.CHILD_START, seq, below: startChildNow };
    run.waits.add(new ChildWait<string>(child, key, undefined, { resolve, reject }));
    if (completion !== undefined) run.waits.add(completion);
  });
  started.catch(failCompletion);
  // Whoever only starts the child need not look at its end.
  completed.catch(() => undefined);
  return new Promise((resolve) => resolve([started, completed]));
}

function startCommand(
  run: Run,
  { workflowType, options, headers, seq }: StartChildWorkflowExecutionInput,
  conversion: Conversion,
): StartChild {
  const taskQueue = options.taskQueue || run.setup.taskQueue;
  return {
    kind: 'startChild',
    seq,
    cancellation: CANCELLATIONS[options.cancellationType],
    userMetadata: encodeUserMetadata(conversion, options.staticSummary, options.staticDetails),
    attributes: {
      namespace: run.setup.namespace,
      workflowId: options.workflowId,
      workflowType: { name: workflowType },
      taskQueue: { name: taskQueue },
      input: encodeValues(conversion, options.args),
      header: encodeHeaders(headers),
      workflowExecutionTimeout: optionalDurationMs(options.workflowExecutionTimeout),
      workflowRunTimeout: optionalDurationMs(options.workflowRunTimeout),
      workflowTaskTimeout: optionalDurationMs(options.workflowTaskTimeout),
      workflowIdReusePolicy: encodeWorkflowIdReusePolicy(options.workflowIdReusePolicy),
      parentClosePolicy: closePolicies.encode(options.parentClosePolicy),
      retryPolicy: options.retry && compileRetryPolicy(options.retry),
      cronSchedule: options.cronSchedule,
      memo: options.memo && encodeMemo(conversion, options.memo),
      searchAttributes: options.typedSearchAttributes && encodeSearchAttributes(options.typedSearchAttributes),
      inheritBuildId: taskQueue === run.setup.taskQueue,
      priority: options.priority && compilePriority(options.priority),
    },
  };
}

/** Children that were asked for and have not been started yet: if the run ends now, the code has not waited for them. */
export function unstartedChildren(run: Run): ChildWait<unknown>[] {
  const children: ChildWait<unknown>[] = [];
  for (const wait of run.waits.all())
    if (wait instanceof ChildWait && wait.kind === WaitKind.CHILD_START) children.push(wait as ChildWait<unknown>);
  return children;
}
