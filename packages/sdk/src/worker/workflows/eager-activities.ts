/** Activities that the server may hand back with the answer to the Workflow Task that schedules them, as far as there is room. */
import { CommandType } from '@perdure/protocol';
import type { Command, Init, PollActivityTaskQueueResponse } from '@perdure/protocol';
import type { ActivityWorker } from '../activities/activity-worker.js';
import type { Permit, Slots } from '../slots/slots.js';
import type { ActivitySlotInfo } from '../slots/tuner-options.js';

export interface EagerReservation {
  readonly commands: readonly Init<Command>[];
  readonly permits: readonly Permit<ActivitySlotInfo>[];
}

const NO_PERMITS: readonly Permit<ActivitySlotInfo>[] = [];

export class EagerActivities {
  readonly #slots: Slots<ActivitySlotInfo>;
  readonly #perTaskMax: number;
  readonly #worker: ActivityWorker;
  #isStopped = false;

  /** `perTaskMax` 0: never. */
  constructor(slots: Slots<ActivitySlotInfo>, perTaskMax: number, worker: ActivityWorker) {
    this.#slots = slots;
    this.#perTaskMax = perTaskMax;
    this.#worker = worker;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Takes slots for the commands that ask for it; the others no longer ask. */
  reserve(commands: readonly Init<Command>[]): EagerReservation {
    if (!commands.some(asksForEager)) return { commands, permits: NO_PERMITS };
    const permits: Permit<ActivitySlotInfo>[] = [];
    const granted = commands.map((command) => {
      if (!asksForEager(command)) return command;
      const mayMore = permits.length < this.#perTaskMax && !this.#isStopped;
      const permit = mayMore ? this.#slots.tryReserve(false) : undefined;
      if (permit === undefined) return withoutEager(command);
      permits.push(permit);
      return command;
    });
    return { commands: granted, permits };
  }

  /** Starts what came; slots without a task are free again. */
  dispatch({ permits }: EagerReservation, tasks: readonly PollActivityTaskQueueResponse[]): void {
    for (const [at, permit] of permits.entries()) {
      const task = tasks[at];
      if (task === undefined) permit.release();
      else this.#worker.take(task, permit);
    }
  }
}

function asksForEager({ commandType, attributes }: Init<Command>): boolean {
  if (commandType !== CommandType.SCHEDULE_ACTIVITY_TASK) return false;
  return (attributes as { requestEagerExecution?: boolean }).requestEagerExecution === true;
}

function withoutEager(command: Init<Command>): Init<Command> {
  return { ...command, attributes: { ...command.attributes, requestEagerExecution: false } } as Init<Command>;
}
