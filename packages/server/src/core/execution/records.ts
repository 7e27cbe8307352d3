/**
 * What a transition leaves behind: public events (history) and private facts (residue: what history does not tell).
 * State changes only by applying records (apply.ts), so loading is a fold over snapshot, events and facts.
 */
import type { EventType, HistoryEventAttributes, Init } from '@perdure/protocol';
import type {
  BufferedEvent,
  PendingActivity,
  PendingWorkflowTask,
  StickyQueue,
  VolatileState,
  WorkflowTaskProblem,
} from './state.js';

export type EventRecord = { readonly [K in EventType]: EventRecordOf<K> }[EventType];

export interface EventRecordOf<K extends EventType> {
  readonly record: 'event';
  readonly eventType: K;
  readonly eventId: number;
  readonly eventTimeMs: number;
  readonly attributes: Init<HistoryEventAttributes[K]>;
  readonly userMetadata?: Uint8Array | undefined;
}

/** The part of a pending activity that history does not hold. */
export type ActivityResidue = Pick<
  PendingActivity,
  | 'phase'
  | 'attempt'
  | 'stamp'
  | 'attemptScheduledAtMs'
  | 'startedAtMs'
  | 'requestId'
  | 'identity'
  | 'heartbeatAtMs'
  | 'heartbeatDetails'
  | 'lastFailure'
  | 'lastAttemptCompletedAtMs'
  | 'lastIdentity'
>;

export type Fact =
  | { readonly record: 'fact'; readonly kind: 'workflowTask'; readonly task: PendingWorkflowTask | undefined }
  | { readonly record: 'fact'; readonly kind: 'workflowTaskAttempt'; readonly attempt: number }
  | { readonly record: 'fact'; readonly kind: 'workflowTaskProblem'; readonly problem: WorkflowTaskProblem | undefined }
  | { readonly record: 'fact'; readonly kind: 'reportedProblems'; readonly problems: readonly string[] }
  | { readonly record: 'fact'; readonly kind: 'triedToClose'; readonly value: boolean }
  | { readonly record: 'fact'; readonly kind: 'sticky'; readonly sticky: StickyQueue | undefined }
  | { readonly record: 'fact'; readonly kind: 'firstTaskDue'; readonly dueMs: number | undefined }
  | {
      readonly record: 'fact';
      readonly kind: 'activity';
      readonly scheduledEventId: number;
      readonly residue: ActivityResidue;
    }
  | { readonly record: 'fact'; readonly kind: 'buffered'; readonly event: BufferedEvent }
  | { readonly record: 'fact'; readonly kind: 'flushed'; readonly count: number }
  | { readonly record: 'fact'; readonly kind: 'bufferDropped'; readonly index: number }
  | { readonly record: 'fact'; readonly kind: 'signalRequest'; readonly requestId: string }
  | { readonly record: 'fact'; readonly kind: 'cancelRequest'; readonly requestId: string }
  | { readonly record: 'fact'; readonly kind: 'startRequest'; readonly requestId: string };

/** Changes only what dies with the process; never stored. */
export type VolatileChange =
  | { readonly record: 'volatile'; readonly kind: 'updates'; readonly volatile: VolatileState }
  | { readonly record: 'volatile'; readonly kind: 'task'; readonly task: PendingWorkflowTask | undefined };

export type StateRecord = EventRecord | Fact | VolatileChange;
