/** Slots of a supplier that the user wrote; its errors are logged and stop nothing. */
import type { Logger } from '../../conversion/logger.js';
import type { Clock } from '../clock.js';
import type { Permit, Slots } from './slots.js';
import type { CustomSlotSupplier, SlotInfo, SlotPermit, SlotReserveContext } from './tuner-options.js';

/** After an error of `reserveSlot`. */
const PAUSE_MS = 1000;

export class CustomSlots<Info extends SlotInfo> implements Slots<Info> {
  readonly kind = 'Custom';
  readonly availableCount = undefined;
  readonly #supplier: CustomSlotSupplier<Info>;
  readonly #context: Omit<SlotReserveContext, 'isSticky'>;
  readonly #logger: Logger;
  readonly #clock: Clock;
  #usedCount = 0;

  constructor(
    supplier: CustomSlotSupplier<Info>,
    context: Omit<SlotReserveContext, 'isSticky'>,
    logger: Logger,
    clock: Clock,
  ) {
    this.#supplier = supplier;
    this.#context = context;
    this.#logger = logger;
    this.#clock = clock;
  }

  get usedCount(): number {
    return this.#usedCount;
  }

  tryReserve(isSticky: boolean): Permit<Info> | undefined {
    const granted = this.#guarded('tryReserveSlot', () =>
      this.#supplier.tryReserveSlot({ ...this.#context, isSticky }),
    );
    return granted === null || granted === undefined ? undefined : this.#permit(granted);
  }

  async reserve(isSticky: boolean, signal: AbortSignal): Promise<Permit<Info>> {
    for (;;) {
      signal.throwIfAborted();
      try {
        return this.#permit(await this.#supplier.reserveSlot({ ...this.#context, isSticky }, signal));
      } catch (error) {
        signal.throwIfAborted();
        this.#logger.warn('The slot supplier failed in reserveSlot(); it is asked again in a second', { error });
        await new Promise<void>((resolve) => {
          this.#clock.after(PAUSE_MS, resolve);
        });
      }
    }
  }

  #permit(permit: SlotPermit): Permit<Info> {
    let slotInfo: Info | undefined;
    return {
      use: (info) => {
        slotInfo = info;
        this.#usedCount += 1;
        this.#guarded('markSlotUsed', () => this.#supplier.markSlotUsed({ slotInfo: info, permit }));
      },
      release: () => {
        if (slotInfo !== undefined) this.#usedCount -= 1;
        const context = slotInfo === undefined ? { permit } : { permit, slotInfo };
        this.#guarded('releaseSlot', () => this.#supplier.releaseSlot(context));
      },
    };
  }

  #guarded<T>(method: string, call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      this.#logger.warn(`The slot supplier failed in ${method}()`, { error });
      return undefined;
    }
  }
}
