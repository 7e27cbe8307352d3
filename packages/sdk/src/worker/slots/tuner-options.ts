/** Who says how many tasks a worker runs at once: the options. */
import type { Duration } from '../../conversion/duration.js';
import type { WorkerDeploymentVersion } from '../../conversion/versioning.js';
import type { ResourceBasedController, ResourceBasedTunerOptions } from './resource-controller.js';

export type WorkerTuner = ResourceBasedTuner | ResourceBasedTunerWithController | TunerHolder;

/** A supplier for each kind of task. */
export interface TunerHolder {
  workflowTaskSlotSupplier: SlotSupplier<WorkflowSlotInfo>;
  activityTaskSlotSupplier: SlotSupplier<ActivitySlotInfo>;
  localActivityTaskSlotSupplier: SlotSupplier<LocalActivitySlotInfo>;
  /** Not used yet. */
  nexusTaskSlotSupplier?: SlotSupplier<NexusSlotInfo> | undefined;
}

export type SlotSupplier<Info extends SlotInfo> =
  ResourceBasedSlotsForType | FixedSizeSlotSupplier | CustomSlotSupplier<Info>;

interface SlotOptionsByKind {
  /** Default: 2 to 1000 slots, 10 ms between them. */
  workflowTaskSlotOptions?: ResourceBasedSlotOptions | undefined;
  /** Default: 1 to 2000 slots, 50 ms between them. */
  activityTaskSlotOptions?: ResourceBasedSlotOptions | undefined;
  /** As for activities. */
  localActivityTaskSlotOptions?: ResourceBasedSlotOptions | undefined;
  nexusTaskSlotOptions?: ResourceBasedSlotOptions | undefined;
}

/** As many slots as memory and CPU of the machine allow. */
export interface ResourceBasedTuner extends SlotOptionsByKind {
  tunerOptions: ResourceBasedTunerOptions;
  controller?: never;
}

/** The same with a controller that several workers share. */
export interface ResourceBasedTunerWithController extends SlotOptionsByKind {
  controller: ResourceBasedController;
  tunerOptions?: never;
}

export interface ResourceBasedSlotOptions {
  /** These are given out whatever the machine does. Default 2 for workflow tasks, else 1. */
  minimumSlots?: number | undefined;
  /** Default 1000 for workflow tasks, else 2000. */
  maximumSlots?: number | undefined;
  /** Least time between two slots above the minimum. Default 10 ms for workflow tasks, else 50 ms. */
  rampThrottle?: Duration | undefined;
}

export type ResourceBasedSlotsForType = ResourceBasedSlotOptions & {
  type: 'resource-based';
} & (
    | { tunerOptions: ResourceBasedTunerOptions; controller?: never }
    | { controller: ResourceBasedController; tunerOptions?: never }
  );

export interface FixedSizeSlotSupplier {
  type: 'fixed-size';
  numSlots: number;
}

/** Slots by rules of your own. What its methods throw is logged, and does not stop the worker. */
export interface CustomSlotSupplier<Info extends SlotInfo> {
  type: 'custom';
  /**
   * Called before each poll. Resolves when there is a slot. When the signal is aborted the slot is no longer needed: reject.
   * An error is logged, and the slot asked for again a second later.
   */
  reserveSlot(context: SlotReserveContext, abortSignal: AbortSignal): Promise<SlotPermit>;
  /** For tasks that come with an answer instead of a poll. Null when there is none now. */
  tryReserveSlot(context: SlotReserveContext): SlotPermit | null;
  /** A task has come for the slot. */
  markSlotUsed(context: SlotMarkUsedContext<Info>): void;
  /** The task has ended, or none had come. */
  releaseSlot(context: SlotReleaseContext<Info>): void;
}

export type SlotInfo = WorkflowSlotInfo | ActivitySlotInfo | LocalActivitySlotInfo | NexusSlotInfo;

export interface WorkflowSlotInfo {
  type: 'workflow';
  workflowType: string;
  /** It came over the worker's own queue, for an execution in memory. */
  isSticky: boolean;
}
export interface ActivitySlotInfo {
  type: 'activity';
  activityType: string;
}
export interface LocalActivitySlotInfo {
  type: 'local-activity';
  activityType: string;
}
export interface NexusSlotInfo {
  type: 'nexus';
  service: string;
  operation: string;
}

/** A slot, with data of your own. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface SlotPermit {}

export interface SlotReserveContext {
  slotType: SlotInfo['type'];
  taskQueue: string;
  workerIdentity: string;
  workerDeploymentVersion?: WorkerDeploymentVersion | undefined;
  /** For a poll of the worker's own queue. */
  isSticky: boolean;
}
export interface SlotMarkUsedContext<Info extends SlotInfo> {
  slotInfo: Info;
  permit: SlotPermit;
}
export interface SlotReleaseContext<Info extends SlotInfo> {
  /** Undefined when no task had come. */
  slotInfo?: Info | undefined;
  permit: SlotPermit;
}
