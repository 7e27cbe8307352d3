/** The slots of a worker out of its options. */
import { durationMs } from '../../conversion/duration.js';
import { ValueError } from '../../conversion/errors.js';
import type { Logger } from '../../conversion/logger.js';
import type { Clock } from '../clock.js';
import { CustomSlots } from './custom-slots.js';
import { ResourceBasedController } from './resource-controller.js';
import { fixedRule, SlotPool } from './slot-pool.js';
import type { SlotRule } from './slot-pool.js';
import type { Slots } from './slots.js';
import type {
  ActivitySlotInfo,
  LocalActivitySlotInfo,
  ResourceBasedSlotOptions,
  SlotInfo,
  SlotReserveContext,
  SlotSupplier,
  TunerHolder,
  WorkerTuner,
  WorkflowSlotInfo,
} from './tuner-options.js';

export interface WorkerSlots {
  readonly workflow: Slots<WorkflowSlotInfo>;
  readonly activity: Slots<ActivitySlotInfo>;
  readonly localActivity: Slots<LocalActivitySlotInfo>;
}

type SlotDefaults = Required<Record<'minimumSlots' | 'maximumSlots' | 'rampThrottle', number>>;
const WORKFLOW_DEFAULTS: SlotDefaults = { minimumSlots: 2, maximumSlots: 1000, rampThrottle: 10 };
const ACTIVITY_DEFAULTS: SlotDefaults = { minimumSlots: 1, maximumSlots: 2000, rampThrottle: 50 };
/** Before asking again whether the machine has room. */
const RESAMPLE_MS = 100;

export interface SlotsContext {
  readonly worker: Omit<SlotReserveContext, 'slotType' | 'isSticky'>;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Throws ValueError for numbers that cannot be. */
export function slotsOf(tuner: WorkerTuner, context: SlotsContext): WorkerSlots {
  const holder = 'workflowTaskSlotSupplier' in tuner ? tuner : resourceHolder(tuner);
  const { workflowTaskSlotSupplier, activityTaskSlotSupplier, localActivityTaskSlotSupplier } = holder;
  return {
    workflow: suppliedBy(workflowTaskSlotSupplier, 'workflow', WORKFLOW_DEFAULTS, context),
    activity: suppliedBy(activityTaskSlotSupplier, 'activity', ACTIVITY_DEFAULTS, context),
    localActivity: suppliedBy(localActivityTaskSlotSupplier, 'local-activity', ACTIVITY_DEFAULTS, context),
  };
}

type ResourceTuner = Exclude<WorkerTuner, TunerHolder>;

function resourceHolder(tuner: ResourceTuner): TunerHolder {
  const controller = tuner.controller ?? ResourceBasedController.create(tuner.tunerOptions);
  const supplier = (options: ResourceBasedSlotOptions | undefined) =>
    ({ type: 'resource-based', controller, ...options }) as const;
  return {
    workflowTaskSlotSupplier: supplier(tuner.workflowTaskSlotOptions),
    activityTaskSlotSupplier: supplier(tuner.activityTaskSlotOptions),
    localActivityTaskSlotSupplier: supplier(tuner.localActivityTaskSlotOptions),
  };
}

function suppliedBy<Info extends SlotInfo>(
  supplier: SlotSupplier<Info>,
  slotType: Info['type'],
  defaults: SlotDefaults,
  { worker, logger, clock }: SlotsContext,
): Slots<Info> {
  switch (supplier.type) {
    case 'fixed-size':
      if (!Number.isInteger(supplier.numSlots) || supplier.numSlots < 1) {
        throw new ValueError(
          `The number of slots for ${slotType} tasks is ${supplier.numSlots}: give a whole number from 1`,
        );
      }
      return new SlotPool(fixedRule(supplier.numSlots), clock);
    case 'custom':
      return new CustomSlots(supplier, { slotType, ...worker }, logger, clock);
    case 'resource-based': {
      const controller = supplier.controller ?? ResourceBasedController.create(supplier.tunerOptions);
      return new SlotPool(resourceRule(controller, slotNumbers(supplier, slotType, defaults)), clock);
    }
  }
}

function slotNumbers(options: ResourceBasedSlotOptions, slotType: string, defaults: SlotDefaults): SlotDefaults {
  const { minimumSlots = defaults.minimumSlots, maximumSlots = defaults.maximumSlots, rampThrottle } = options;
  if (!(minimumSlots >= 0) || !(maximumSlots >= Math.max(1, minimumSlots))) {
    throw new ValueError(
      `Slots for ${slotType} tasks: minimumSlots (${minimumSlots}) must not be more than maximumSlots (${maximumSlots})`,
    );
  }
  return { minimumSlots, maximumSlots, rampThrottle: durationMs(rampThrottle ?? defaults.rampThrottle) };
}

/** Up to the minimum at once; above, one by one while the machine has room. */
export function resourceRule(
  controller: Pick<ResourceBasedController, 'hasRoom'>,
  { minimumSlots, maximumSlots, rampThrottle }: SlotDefaults,
): SlotRule {
  let lastMs = -Infinity;
  return {
    kind: 'ResourceBased',
    slotsMax: maximumSlots,
    waitMs(issuedCount, nowMs) {
      if (issuedCount < minimumSlots) return 0;
      if (issuedCount >= maximumSlots) return Infinity;
      const rampMs = lastMs + rampThrottle - nowMs;
      if (rampMs > 0) return rampMs;
      return controller.hasRoom(nowMs) ? 0 : RESAMPLE_MS;
    },
    issued(nowMs) {
      lastMs = nowMs;
    },
  };
}
