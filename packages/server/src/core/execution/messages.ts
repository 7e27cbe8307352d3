/**
 * Messages between executions. They leave through the outbox: written with the transition that causes them, delivered in
 * order per sender, and deleted in the commit of the transition they cause at the receiver.
 */
import type { ParentLink } from './state.js';

export interface Address {
  readonly namespaceId: string;
  readonly workflowId: string;
  /** Empty = the current run. */
  readonly runId: string;
}

export type ExecutionMessage =
  // parent → child
  | {
      readonly kind: 'startChild';
      readonly from: Address;
      readonly initiatedEventId: number;
      readonly requestId: string;
      readonly start: ChildStart;
    }
  | {
      readonly kind: 'parentClosed';
      readonly parent: ParentLink;
      readonly policy: 'terminate' | 'cancel';
      readonly firstRunId: string;
    }
  // child → parent
  | {
      readonly kind: 'childStarted';
      readonly initiatedEventId: number;
      readonly runId: string;
      readonly header: Uint8Array | undefined;
    }
  | { readonly kind: 'childStartFailed'; readonly initiatedEventId: number; readonly cause: number }
  | {
      readonly kind: 'childClosed';
      readonly initiatedEventId: number;
      readonly workflowId: string;
      readonly runId: string;
      readonly outcome: ChildOutcome;
    }
  // any → any
  | {
      readonly kind: 'externalSignal';
      readonly from: Address;
      readonly fromNamespace: string;
      readonly initiatedEventId: number;
      readonly requestId: string;
      readonly signalName: string;
      readonly input: Uint8Array | undefined;
      readonly header: Uint8Array | undefined;
      readonly childOnly: boolean;
    }
  | {
      readonly kind: 'externalCancel';
      readonly from: Address;
      readonly fromNamespace: string;
      readonly initiatedEventId: number;
      readonly requestId: string;
      readonly reason: string;
      readonly childOnly: boolean;
    }
  | {
      readonly kind: 'externalSignalResolved';
      readonly initiatedEventId: number;
      readonly failedCause: number | undefined;
    }
  | {
      readonly kind: 'externalCancelResolved';
      readonly initiatedEventId: number;
      readonly failedCause: number | undefined;
    };

export type ChildOutcome =
  | { readonly kind: 'completed'; readonly result: Uint8Array | undefined }
  | { readonly kind: 'failed'; readonly failure: Uint8Array | undefined; readonly retryState: number }
  | { readonly kind: 'canceled'; readonly details: Uint8Array | undefined }
  | { readonly kind: 'terminated' }
  | { readonly kind: 'timedOut'; readonly retryState: number };

/** What the Initiated event fixed for the child, with its namespace. */
export interface ChildStart {
  readonly namespace: string;
  readonly workflowIdReusePolicy: number;
  /** Encoded WorkflowExecutionStartedEventAttributes, complete but for ids and times of the new run. */
  readonly attributes: Uint8Array;
  readonly userMetadata: Uint8Array | undefined;
}
