/** Values that JSON has as text: bytes, points in time, durations. */
import { NO_BYTES } from '../reader.js';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += DIGITS.charAt(bits >> 18) + DIGITS.charAt((bits >> 12) & 63);
    text += (left > 1 ? DIGITS.charAt((bits >> 6) & 63) : '=') + (left > 2 ? DIGITS.charAt(bits & 63) : '=');
  }
  return text;
}

/** Both alphabets, with or without padding; undefined for anything else. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  if (digits === '') return NO_BYTES;
  if (digits.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(digits)) return undefined;
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  for (let at = 0, to = 0, bits = 0; at < digits.length; at++) {
    bits = ((bits << 6) | DIGITS.indexOf(digits.charAt(at))) & 0xffffff;
    if (at % 4 > 0) bytes[to++] = (bits >> (6 - 2 * (at % 4))) & 255;
  }
  return bytes;
}

/** A point in time or a duration, as protobuf has it. */
export interface SecondsAndNanos {
  readonly seconds: number;
  readonly nanos: number;
}

export function timestampText({ seconds, nanos }: SecondsAndNanos): string {
  return new Date(seconds * 1_000).toISOString().replace('.000Z', `${fraction(nanos)}Z`);
}

/** RFC 3339; undefined for anything else. */
export function timestampOf(text: string): SecondsAndNanos | undefined {
  const match = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [, second = '', digits = '', zone = 'Z'] = match;
  const ms = Date.parse(`${second.toUpperCase()}${zone.toUpperCase()}`);
  return Number.isNaN(ms) ? undefined : { seconds: ms / 1_000, nanos: Number(digits.padEnd(9, '0')) };
}

export function durationText({ seconds, nanos }: SecondsAndNanos): string {
  const sign = seconds < 0 || nanos < 0 ? '-' : '';
  return `${sign}${Math.abs(seconds)}${fraction(Math.abs(nanos))}s`;
}

/** `"1.5s"`; undefined for anything else. */
export function durationOf(text: string): SecondsAndNanos | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(text);
  if (match === null) return undefined;
  const [, minus, seconds, digits = ''] = match;
  const sign = minus === '-' ? -1 : 1;
  // Adding zero makes no minus zero of it.
  return { seconds: sign * Number(seconds) + 0, nanos: sign * Number(digits.padEnd(9, '0')) + 0 };
}

/** As protobuf prints it: none, three, six or nine digits. */
function fraction(nanos: number): string {
  if (nanos === 0) return '';
  return `.${String(nanos)
    .padStart(9, '0')
    .replace(/(000){1,2}$/, '')}`;
}
