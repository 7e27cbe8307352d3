/** Between the worker's thread and those that run workflows; sent as lists, so that one message carries what one turn made. */
import type { Activation, Completion } from '../../../replay/contract.js';
import type { RunSetup, SinkCall } from '../../../workflow/runtime/contract.js';
import type { LoadedBundle } from '../bundle-format.js';
import type { VmRealmOptions } from '../vm-realm.js';

/** Into a thread. */
export type ToThread =
  | { readonly kind: 'bundle'; readonly bundle: LoadedBundle }
  | { readonly kind: 'create'; readonly setup: RunSetup }
  /** `seq` numbers the activations of a thread from 1 on. */
  | { readonly kind: 'activate'; readonly seq: number; readonly activation: Activation }
  | { readonly kind: 'evict'; readonly runId: string };

/** Out of a thread. */
export type FromThread =
  /** The bundle is loaded. `workflowTypes`: undefined when they show in runs only. */
  | { readonly kind: 'ready'; readonly workflowTypes: readonly string[] | undefined }
  /** The bundle cannot be loaded. */
  | { readonly kind: 'broken'; readonly reason: string }
  | {
      readonly kind: 'done';
      readonly seq: number;
      readonly completion: Completion;
      readonly sinkCalls: readonly SinkCall[];
      readonly runBytes: number;
    };

export interface ThreadData {
  readonly options: VmRealmOptions;
  /** One Int32: the `seq` of the activation that is being worked off, 0 between them. */
  readonly heartbeat: SharedArrayBuffer;
}
