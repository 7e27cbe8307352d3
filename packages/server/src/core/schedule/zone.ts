/** Local time of an IANA time zone, from the tables that the runtime carries. */
export interface Zone {
  readonly name: string;
  /** Local time minus UTC at that moment, in milliseconds. */
  offsetMs(atMs: number): number;
}

/** A stretch of time with one offset. */
export interface OffsetSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly offsetMs: number;
}

export const UTC: Zone = { name: 'UTC', offsetMs: () => 0 };

/** Undefined if there is no zone of that name. */
export function zoneNamed(name: string): Zone | undefined {
  // The service has no local time of its own: it is UTC.
  if (name === '' || name === 'UTC' || name === 'Local') return UTC;
  // The runtime takes bare offsets as well, the field's servers do not.
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return { name, offsetMs: (atMs) => offsetIn(format, atMs) };
  } catch {
    return undefined;
  }
}

/** The offsets between two moments, in order. Two changes that undo each other in between are not seen. */
export function offsetSpans(zone: Zone, fromMs: number, toMs: number): OffsetSpan[] {
  const first = zone.offsetMs(fromMs);
  const last = zone.offsetMs(toMs);
  if (first === last) return [{ fromMs, toMs, offsetMs: first }];
  let beforeMs = fromMs;
  let changeMs = toMs;
  while (changeMs - beforeMs > 1000) {
    const middleMs = beforeMs + Math.floor((changeMs - beforeMs) / 2000) * 1000;
    if (zone.offsetMs(middleMs) === first) beforeMs = middleMs;
    else changeMs = middleMs;
  }
  return [{ fromMs, toMs: changeMs, offsetMs: first }, ...offsetSpans(zone, changeMs, toMs)];
}

function offsetIn(format: Intl.DateTimeFormat, atMs: number): number {
  const wholeMs = Math.floor(atMs / 1000) * 1000;
  const at = new Map(format.formatToParts(wholeMs).map((part) => [part.type, Number(part.value)]));
  const [year = 0, month = 1, day = 1] = [at.get('year'), at.get('month'), at.get('day')];
  const [hour = 0, minute = 0, second = 0] = [at.get('hour'), at.get('minute'), at.get('second')];
  return Date.UTC(year, month - 1, day, hour, minute, second) - wholeMs;
}
