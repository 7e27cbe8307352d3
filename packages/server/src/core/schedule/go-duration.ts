/** Durations as Go writes them: `1h30m`, `1.5h`, `300ms`, `-2s`, `0`. */
const UNIT_NS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const NS_MAX = 2n ** 63n - 1n;
const PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

/** Nanoseconds; undefined if the text is no duration, or one longer than 292 years. */
export function parseGoDuration(text: string): bigint | undefined {
  const isNegative = text.startsWith('-');
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0n;
  if (body === '') return undefined;
  let totalNs = 0n;
  PART.lastIndex = 0;
  while (PART.lastIndex < body.length) {
    const part = PART.exec(body);
    if (part === null) return undefined;
    const [, whole = '', fraction = '', unit = ''] = part;
    const unitNs = UNIT_NS[unit];
    if (unitNs === undefined || whole + fraction === '') return undefined;
    totalNs += BigInt(whole === '' ? '0' : whole) * unitNs;
    if (fraction !== '') totalNs += (BigInt(fraction) * unitNs) / 10n ** BigInt(fraction.length);
    if (totalNs > NS_MAX) return undefined;
  }
  return isNegative ? -totalNs : totalNs;
}
