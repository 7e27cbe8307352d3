/** What callers and workers were promised: the checkers hold the Service to it. */
export interface StartPromise {
  readonly requestId: string;
  readonly workflowId: string;
  /** Run that the answer named. */
  runId: string | undefined;
  /** The answer said that this request started it. */
  started: boolean;
  readonly via: 'start' | 'signalWithStart' | 'updateWithStart';
}

export interface SignalPromise {
  readonly signalId: string;
  readonly workflowId: string;
  isAcknowledged: boolean;
  /** Refused for good: must not be there, unless an earlier attempt without an answer got through. */
  isRefused: boolean;
  attempts: number;
}

export interface UpdatePromise {
  readonly updateId: string;
  readonly workflowId: string;
  readonly mode: string;
  /** Run named by an answer that said accepted or more. */
  runId: string | undefined;
  outcome: 'success' | 'failure' | undefined;
}

export class Journal {
  readonly starts: StartPromise[] = [];
  readonly signals: SignalPromise[] = [];
  readonly updates: UpdatePromise[] = [];
  /** Results of activity completions that were acknowledged: unique texts. */
  readonly activityResults: { readonly workflowId: string; readonly runId: string; readonly result: string }[] = [];
  /** Binary checksums of workflow task completions that were acknowledged. */
  readonly completions: {
    readonly workflowId: string;
    readonly runId: string;
    readonly nonce: string;
    readonly isTraceless: boolean;
  }[] = [];
  /** Workflow ids whose cancel or terminate request was acknowledged, with the run it named. */
  readonly terminations: { readonly workflowId: string; readonly runId: string }[] = [];
}
