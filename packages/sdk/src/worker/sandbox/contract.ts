/**
 * Where workflow code runs, as the worker sees it: activations in, completions out. Payloads are in clear here; codecs are
 * applied by the worker before and after.
 */
import type { Activation, Completion } from '../../replay/contract.js';
import type { RunSetup, SinkCall } from '../../workflow/runtime/contract.js';

export interface WorkflowSandbox {
  /** Names of the workflows in the bundle, for messages; a default workflow is not among them. */
  readonly workflowTypes: readonly string[];
  /** Takes a run in; it is evaluated with its first activation. */
  createRun(setup: RunSetup): void;
  /** One at a time for a run; as many runs at once as there are. Never rejects. */
  activate(activation: Activation): Promise<Activated>;
  /** Forgets the run and frees its memory. Does nothing when it is not there. */
  evictRun(runId: string): void;
  /** Ends all threads; activations that are out answer `lost`. */
  close(): Promise<void>;
}

export type Activated =
  | {
      readonly kind: 'done';
      readonly completion: Completion;
      readonly sinkCalls: readonly SinkCall[];
      /** Estimate of the memory that the run holds now; the worker's run cache is bounded by it. */
      readonly runBytes: number;
    }
  /** The code did not come to an end in its slice; it was stopped, and its next run starts in quarantine. */
  | { readonly kind: 'spun'; readonly sliceMs: number; readonly stack: string | undefined }
  /** Its realm had to be discarded because of another run, or closed: replay it from the start. */
  | { readonly kind: 'lost'; readonly reason: string };
