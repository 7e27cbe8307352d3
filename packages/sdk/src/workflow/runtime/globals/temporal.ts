/** `Temporal` of newer Nodes: `Temporal.Now` tells the workflow's time in UTC; formats default as `Intl` does here. */
import { clockMs } from './clock.js';
import { DEFAULT_ZONE, localesOf, optionsOf, replace } from './intl.js';
import { defineMethods, isObject, propertyOf } from './methods.js';

/** Of what newer Nodes have, only this is used here. */
interface Instant {
  toZonedDateTimeISO(zone: unknown): ZonedDateTime;
}
interface ZonedDateTime {
  toPlainDateTime(): unknown;
  toPlainDate(): unknown;
  toPlainTime(): unknown;
}
interface Temporal {
  readonly Now: object;
  readonly Instant: { fromEpochMilliseconds(ms: number): Instant };
}

export function installTemporal(): void {
  const temporal = propertyOf(globalThis, 'Temporal') as Temporal | undefined;
  if (temporal === undefined) return;
  const { fromEpochMilliseconds } = temporal.Instant;
  const instant = (): Instant => Reflect.apply(fromEpochMilliseconds, temporal.Instant, [clockMs()]);
  const zoned = (zone: unknown = DEFAULT_ZONE): ZonedDateTime => instant().toZonedDateTimeISO(zone);
  defineMethods(temporal.Now, {
    instant,
    timeZoneId: () => DEFAULT_ZONE,
    zonedDateTimeISO: (zone?: unknown) => zoned(zone),
    plainDateTimeISO: (zone?: unknown) => zoned(zone).toPlainDateTime(),
    plainDateISO: (zone?: unknown) => zoned(zone).toPlainDate(),
    plainTimeISO: (zone?: unknown) => zoned(zone).toPlainTime(),
  });
  for (const name of Object.getOwnPropertyNames(temporal)) {
    const owner = propertyOf(temporal, name);
    if (typeof owner !== 'function' || !isObject(owner.prototype)) continue;
    const zonesItself = name !== 'Instant';
    replace(owner.prototype, 'toLocaleString', (args) => [
      localesOf(args[0]),
      zonesItself ? args[1] : optionsOf(args[1]),
    ]);
  }
}
