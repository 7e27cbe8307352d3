/** Why an activity was cancelled. */

export interface ActivityCancellationDetailsOptions {
  notFound?: boolean | undefined;
  cancelRequested?: boolean | undefined;
  paused?: boolean | undefined;
  timedOut?: boolean | undefined;
  workerShutdown?: boolean | undefined;
  reset?: boolean | undefined;
}

/** The reasons, set once. All are false by default. */
export class ActivityCancellationDetails {
  /** The server no longer knows it: it has ended, or its workflow has. */
  readonly notFound: boolean;
  /** Its workflow asked for it. */
  readonly cancelRequested: boolean;
  /** An operator has paused it. */
  readonly paused: boolean;
  /** One of its time-outs has passed. */
  readonly timedOut: boolean;
  /** The worker is shutting down. */
  readonly workerShutdown: boolean;
  /** An operator has reset it. */
  readonly reset: boolean;

  constructor(options: ActivityCancellationDetailsOptions = {}) {
    this.notFound = options.notFound ?? false;
    this.cancelRequested = options.cancelRequested ?? false;
    this.paused = options.paused ?? false;
    this.timedOut = options.timedOut ?? false;
    this.workerShutdown = options.workerShutdown ?? false;
    this.reset = options.reset ?? false;
  }
}
