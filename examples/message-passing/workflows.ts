// Query, signal and update side by side: a thermostat.
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
} from 'perdure/workflow';
import type * as activities from './activities.js';

const { readSensor } = proxyActivities<typeof activities>({ startToCloseTimeout: '10s' });

/** Reads state; changes nothing. */
export const wanted = defineQuery<number>('wanted');
/** Changes state; nobody waits. */
export const switchOff = defineSignal<[by: string]>('switchOff');
/** Changes state, and the caller gets an answer, or a refusal that leaves no trace in history. */
export const setDegrees = defineUpdate<number, [degrees: number]>('setDegrees');
/** An update may do work: this one asks the sensor. */
export const calibrate = defineUpdate<number, [room: string]>('calibrate');

export async function thermostat(start: number): Promise<string> {
  let degrees = start;
  let offBy: string | undefined;
  setHandler(wanted, () => degrees);
  setHandler(switchOff, (by) => void (offBy = by));
  setHandler(setDegrees, set, { validator: refuseExtremes });
  setHandler(calibrate, async (room) => set(await readSensor(room)));

  await condition(() => offBy !== undefined && allHandlersFinished());
  return `switched off by ${offBy} at ${degrees} degrees`;

  /** Answers what it was before. */
  function set(next: number): number {
    const before = degrees;
    degrees = next;
    return before;
  }
}

function refuseExtremes(degrees: number): void {
  if (degrees < 5 || degrees > 30)
    throw ApplicationFailure.create({ message: `${degrees} is not between 5 and 30`, type: 'OutOfRange' });
}
