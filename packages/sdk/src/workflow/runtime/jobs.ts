/** What happened, applied to a run: one function per kind of job. */
import { StartChildWorkflowExecutionFailedCause } from '@perdure/protocol';
import { IllegalStateError } from '../../conversion/errors.js';
import type { ClosedResolution, Job, Resolution } from '../../replay/contract.js';
import { ActivityWait } from './activities.js';
import { ChildWait } from './children.js';
import { WorkflowExecutionAlreadyStartedError } from '../../conversion/failure.js';
import { LocalActivityDoBackoff } from './errors.js';
import { ExternalWait } from './external.js';
import { answerQuery } from './queries.js';
import { Patches } from './patches.js';
import type { Run } from './run.js';
import { startWorkflow } from './start.js';
import { decodeValue } from './values.js';
import type { Conversion } from './values.js';
import { WaitKind } from './waits.js';
import type { Wait } from './waits.js';

type JobOf<K extends Job['kind']> = Extract<Job, { kind: K }>;

export function applyJob(run: Run, job: Job): void {
  switch (job.kind) {
    case 'initialize':
      return startWorkflow(run, job);
    case 'notifyHasPatch':
      run.patches ??= new Patches();
      return run.patches.addFromHistory(job.patchId);
    case 'updateRandomSeed':
      return run.setSeed(job.randomnessSeed);
    case 'signal':
      return run.handlers.signal(job);
    case 'doUpdate':
      return run.handlers.update(job);
    case 'cancelWorkflow':
      run.isCancelled = true;
      return run.rootScope.cancel();
    case 'fireTimer':
      // A timer that was cancelled in the meantime is nobody's business.
      return run.waits.take(WaitKind.TIMER, job.seq)?.resolve(undefined);
    case 'resolveActivity':
      return resolveActivity(run, job);
    case 'resolveChildStart':
      return resolveChildStart(run, job);
    case 'resolveChild': {
      const wait = takeWait(run, WaitKind.CHILD, job.seq, 'child workflow');
      return settle(run, wait, job.result, wait instanceof ChildWait ? wait.conversion : run.conversion);
    }
    case 'resolveSignalExternal':
      return settleRequest(run, takeWait(run, WaitKind.SIGNAL, job.seq, 'signal to another workflow'), job.failure);
    case 'resolveCancelExternal':
      return settleRequest(
        run,
        takeWait(run, WaitKind.CANCEL, job.seq, 'cancellation of another workflow'),
        job.failure,
      );
    case 'query':
      return answerQuery(run, job);
  }
}

function takeWait(run: Run, kind: WaitKind, seq: number, what: string): Wait<unknown> {
  const wait = run.waits.take(kind, seq);
  if (wait === undefined) throw new IllegalStateError(`The workflow has no ${what} with number ${seq} to resolve`);
  return wait;
}

function resolveActivity(run: Run, { seq, result, isLocal }: JobOf<'resolveActivity'>): void {
  const wait = takeWait(run, WaitKind.ACTIVITY, seq, 'activity');
  const activityId = wait instanceof ActivityWait ? wait.activity.activityId : String(seq);
  settle(run, wait, result, run.conversionForActivity(activityId, isLocal));
}

function settle(run: Run, wait: Wait<unknown>, result: ClosedResolution | Resolution, conversion: Conversion): void {
  switch (result.status) {
    case 'completed':
      return wait.resolve(decodeValue(conversion, result.result));
    case 'failed':
    case 'cancelled':
      return wait.reject(run.errorOf(result.failure, conversion));
    case 'backoff':
      return wait.reject(new LocalActivityDoBackoff(result));
  }
}

function resolveChildStart(run: Run, { seq, result }: JobOf<'resolveChildStart'>): void {
  const wait = takeWait(run, WaitKind.CHILD_START, seq, 'start of a child workflow');
  switch (result.status) {
    case 'started':
      return wait.resolve(result.runId);
    case 'failed':
      run.waits.take(WaitKind.CHILD, seq);
      return wait.reject(whyNotStarted(result));
    case 'cancelled':
      run.waits.take(WaitKind.CHILD, seq);
      return wait.reject(run.errorOf(result.failure, wait instanceof ChildWait ? wait.conversion : run.conversion));
  }
}

function whyNotStarted({
  workflowId,
  workflowType,
  cause,
}: Extract<JobOf<'resolveChildStart'>['result'], { status: 'failed' }>): Error {
  if (cause === StartChildWorkflowExecutionFailedCause.WORKFLOW_ALREADY_EXISTS)
    return new WorkflowExecutionAlreadyStartedError('Workflow execution already started', workflowId, workflowType);
  return new IllegalStateError(
    `Child workflow '${workflowType}' (${workflowId}) could not be started: its namespace was not found`,
  );
}

function settleRequest(run: Run, wait: Wait<unknown>, failure: Uint8Array | undefined): void {
  if (failure === undefined) return wait.resolve(undefined);
  wait.reject(run.errorOf(failure, wait instanceof ExternalWait ? wait.conversion : run.conversion));
}
