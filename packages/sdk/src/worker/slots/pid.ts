/** A controller of proportional and derivative terms: positive while what is measured is below its target. Pure. */

const PROPORTIONAL_GAIN = 5;
const DERIVATIVE_GAIN = 1;
const OUTPUT_MAX = 100;

export interface Pid {
  next(measured: number): number;
}

/** The derivative is of the measurement, so that a change of the target makes no jump. */
export function createPid(target: number): Pid {
  let last: number | undefined;
  return {
    next(measured) {
      const change = last === undefined ? 0 : measured - last;
      last = measured;
      const output = PROPORTIONAL_GAIN * (target - measured) - DERIVATIVE_GAIN * change;
      return Math.max(-OUTPUT_MAX, Math.min(OUTPUT_MAX, output));
    },
  };
}
