/** Signals and cancellations that go to other workflows, children too. */
import { CancellationScope } from './cancellation-scope.js';
import { requireRun } from './current.js';
import { intercepted } from './interceptors.js';
import type { SignalWorkflowInput } from './interceptors.js';
import { isPatched } from './patches.js';
import type { Run } from './run.js';
import type { WorkflowExecution } from '../../conversion/workflow-types.js';
import { encodeHeaders, encodeValues } from './values.js';
import type { Conversion } from './values.js';
import { Wait, WaitKind } from './waits.js';
import type { WaitKey } from './waits.js';

/** Histories name it so: once, a cancelled scope did not end the wait for a cancellation of another workflow. */
const CANCEL_ENDS_WITH_SCOPE = '__temporal_internal_connect_external_handle_cancel_to_scope';

/** A request to another workflow. */
export class ExternalWait extends Wait<void> {
  readonly conversion: Conversion;

  constructor(
    conversion: Conversion,
    key: WaitKey,
    scope: CancellationScope | undefined,
    settle: ConstructorParameters<typeof Wait<void>>[2],
  ) {
    super(key, scope, settle, ({ run, seq }) => run.push({ kind: 'cancelSignal', seq }));
    this.conversion = conversion;
  }
}

export function signalWorkflow(
  run: Run,
  signalName: string,
  args: unknown[],
  target: SignalWorkflowInput['target'],
): Promise<void> {
  const send = intercepted(run.modules?.interceptors.outbound, 'signalWorkflow', signalNow);
  return send({ seq: run.seqs.signal++, signalName, args, target, headers: {} });
}

function signalNow({ seq, signalName, args, target, headers }: SignalWorkflowInput): Promise<void> {
  const run = requireRun('signal()');
  const isChild = target.type === 'child';
  const execution = isChild ? { workflowId: target.childWorkflowId } : target.workflowExecution;
  const conversion = run.conversionFor(execution.workflowId);
  return new Promise((resolve, reject) => {
    const scope = CancellationScope.current();
    if (scope.consideredCancelled) {
      scope.listen({ onCancel: reject });
      return;
    }
    const key = { run, kind: WaitKind.SIGNAL, seq, below: signalNow };
    const wait = new ExternalWait(conversion, key, scope.cancellable ? scope : undefined, { resolve, reject });
    if (scope.cancellable) scope.listen(wait);
    run.push({
      kind: 'signalExternal',
      seq,
      attributes: {
        namespace: run.setup.namespace,
        execution,
        signalName,
        input: encodeValues(conversion, args),
        header: encodeHeaders(headers),
        childWorkflowOnly: isChild,
      },
    });
    run.waits.add(wait);
  });
}

export function cancelWorkflow(run: Run, { workflowId, runId }: WorkflowExecution): Promise<void> {
  return new Promise((resolve, reject) => {
    const scope = CancellationScope.current();
    if (scope.cancellable) {
      const onCancel = (error: Error): void => {
        if (isPatched(run, CANCEL_ENDS_WITH_SCOPE)) reject(error);
      };
      scope.listen({ onCancel });
    }
    if (scope.consideredCancelled && isPatched(run, CANCEL_ENDS_WITH_SCOPE)) return;
    const seq = run.seqs.cancel++;
    const { namespace, runId: ownRunId } = run.setup;
    const reason = `Cancel requested by workflow with run id ${ownRunId}`;
    run.push({ kind: 'cancelExternal', seq, attributes: { namespace, workflowId, runId, reason } });
    const key = { run, kind: WaitKind.CANCEL, seq, below: cancelWorkflow };
    run.waits.add(new ExternalWait(run.conversionFor(workflowId), key, undefined, { resolve, reject }));
  });
}
