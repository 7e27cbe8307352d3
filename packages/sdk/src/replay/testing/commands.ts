/** Commands as tests write them, and looks at what a run answers. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { WorkflowTaskCompletedMetadata } from '@perdure/protocol';
import type {
  ActivityCancellation,
  ChildCancellation,
  Job,
  LocalResult,
  ScheduleLocalActivity,
  WorkflowCommand,
} from '../contract.js';
import type { Mismatch } from '../mismatch.js';
import type { Step } from '../run.js';

export const timer = (seq: number): WorkflowCommand => ({ kind: 'startTimer', seq, durationMs: 1000 });
export const activity = (seq: number, cancellation: ActivityCancellation = 'waitCompleted'): WorkflowCommand => ({
  kind: 'scheduleActivity',
  seq,
  cancellation,
  attributes: { activityId: String(seq), activityType: { name: 'act' } },
});
export const child = (seq: number, cancellation: ChildCancellation): WorkflowCommand => ({
  kind: 'startChild',
  seq,
  cancellation,
  attributes: { workflowId: `child-${seq}`, workflowType: { name: 'kid' } },
});
export const local = (seq: number, cancellation: ActivityCancellation = 'waitCompleted'): ScheduleLocalActivity => ({
  kind: 'scheduleLocalActivity',
  seq,
  cancellation,
  activityId: String(seq),
  activityType: 'near',
  attempt: 1,
  attributes: {},
});
export const localResult = (seq: number): LocalResult => ({
  seq,
  attempt: 1,
  result: { status: 'completed', result: undefined },
  completeTimeMs: 2_000_000,
  originalScheduleTimeMs: 1_000_000,
});
/** What a task of today records. */
export const FLAGS = WorkflowTaskCompletedMetadata.encode({ coreUsedFlags: [1, 2, 3] });

export function jobs(step: Step | undefined): readonly Job[] {
  assert.ok(step?.kind === 'activate', inspect(step, { depth: 6 }));
  return step.activation.jobs;
}

export function faultOf(step: Step): Mismatch {
  assert.ok(step.kind === 'fault' && step.fault.kind === 'mismatch', inspect(step, { depth: 6 }));
  return step.fault;
}
