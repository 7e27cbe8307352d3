/**
 * UTF-8 in plain JavaScript, with the runtime's own coders for long text where it has them.
 * Workflow code runs in a realm without `Buffer` or `TextEncoder`, so both are looked for, never assumed.
 */

/** From this length on, a call into the runtime costs less than the loop in JavaScript. */
const LONG_TEXT = 64;
const LONG_BYTES = 256;

interface RuntimeCoders {
  readonly TextEncoder?: new () => { encodeInto(text: string, into: Uint8Array): { written: number } };
  readonly TextDecoder?: new (
    label: string,
    options: { fatal: boolean; ignoreBOM: boolean },
  ) => { decode(bytes: Uint8Array): string };
  readonly Buffer?: { readonly prototype: { readonly latin1Slice?: Latin1Slice } };
}
type Latin1Slice = (this: Uint8Array, start: number, end: number) => string;

const runtime = globalThis as RuntimeCoders;
const encoder = runtime.TextEncoder ? new runtime.TextEncoder() : undefined;
const latin1Slice = runtime.Buffer?.prototype.latin1Slice;
let decoder: { decode(bytes: Uint8Array): string } | undefined;

/**
 * Writes `text` at `start` and returns where it ends. The caller has made room for three bytes a character.
 * Lone surrogates become U+FFFD.
 */
export function encodeUtf8(text: string, into: Uint8Array, start: number): number {
  if (text.length > LONG_TEXT && encoder) return start + encoder.encodeInto(text, into.subarray(start)).written;
  let at = start;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return encodeNonAscii(text, i, into, at);
    into[at++] = unit;
  }
  return at;
}

function encodeNonAscii(text: string, from: number, into: Uint8Array, start: number): number {
  let at = start;
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      into[at++] = unit;
    } else if (unit < 0x800) {
      into[at++] = 0xc0 | (unit >> 6);
      into[at++] = 0x80 | (unit & 63);
    } else {
      const point = codePointAt(text, i, unit);
      if (point > 0xffff) {
        i++;
        into[at++] = 0xf0 | (point >> 18);
        into[at++] = 0x80 | ((point >> 12) & 63);
      } else {
        into[at++] = 0xe0 | (point >> 12);
      }
      into[at++] = 0x80 | ((point >> 6) & 63);
      into[at++] = 0x80 | (point & 63);
    }
  }
  return at;
}

function codePointAt(text: string, index: number, unit: number): number {
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  const next = unit < 0xdc00 && index + 1 < text.length ? text.charCodeAt(index + 1) : 0;
  return next >= 0xdc00 && next <= 0xdfff ? 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00) : 0xfffd;
}

/** Decodes `bytes[start, end)`; undefined when it is not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > LONG_BYTES && runtime.TextDecoder) return decodeByRuntime(bytes, start, end);
  for (let i = start; i < end; i++) {
    if ((bytes[i] as number) > 127) return decodeNonAscii(bytes, start, end);
  }
  return decodeAscii(bytes, start, end);
}

function decodeAscii(bytes: Uint8Array, start: number, end: number): string {
  // Up to 12 characters V8 builds flat strings on concatenation; longer ones would become chains.
  if (latin1Slice && end - start > 12) return latin1Slice.call(bytes, start, end);
  if (end - start > 12) return decodeInChunks(bytes, start, end);
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}

function decodeInChunks(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i += 4096) {
    text += String.fromCharCode(...bytes.subarray(i, Math.min(end, i + 4096)));
  }
  return text;
}

function decodeByRuntime(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (!runtime.TextDecoder) return undefined;
  decoder ??= new runtime.TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}

function decodeNonAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  let i = start;
  while (i < end) {
    const first = bytes[i] as number;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      i++;
      continue;
    }
    const size = sequenceSize(first);
    const point = size === 0 || i + size > end ? -1 : decodeSequence(bytes, i, size, first);
    if (point < 0) return undefined;
    text += String.fromCodePoint(point);
    i += size;
  }
  return text;
}

function sequenceSize(first: number): number {
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/** The code point of one sequence of 2 to 4 bytes; -1 when it is overlong, a surrogate, or not a sequence. */
function decodeSequence(bytes: Uint8Array, at: number, size: number, first: number): number {
  let point = first & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) {
    const byte = bytes[at + i] as number;
    if ((byte & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (byte & 63);
  }
  if (size === 3 && (point < 0x800 || (point >= 0xd800 && point <= 0xdfff))) return -1;
  if (size === 4 && (point < 0x10000 || point > 0x10ffff)) return -1;
  return point;
}
