/** `TextEncoder` and `TextDecoder` for UTF-8, UTF-16LE and Latin-1 (windows-1252 as ISO 8859-1). */
import { encodeUtf8 } from '@perdure/protocol';
import { defineTag } from './methods.js';

export class TextEncoder {
  get encoding(): string {
    return 'utf-8';
  }

  encode(input: unknown = ''): Uint8Array {
    const text = String(input);
    const room = new Uint8Array(text.length * 3);
    return room.slice(0, encodeUtf8(text, room, 0));
  }

  encodeInto(source: string, destination: Uint8Array): { read: number; written: number } {
    let read = 0;
    let written = 0;
    for (const letter of String(source)) {
      const bytes = this.encode(letter);
      if (written + bytes.length > destination.length) break;
      destination.set(bytes, written);
      written += bytes.length;
      read += letter.length;
    }
    return { read, written };
  }
}
defineTag(TextEncoder.prototype, 'TextEncoder');

const LABELS = new Map<string, Encoding>([
  ...(['utf-8', 'utf8', 'unicode-1-1-utf-8'] as const).map((label) => [label, 'utf-8'] as const),
  ...(['utf-16le', 'utf-16', 'ucs-2', 'unicode'] as const).map((label) => [label, 'utf-16le'] as const),
  ...(['latin1', 'iso-8859-1', 'ascii', 'us-ascii', 'windows-1252'] as const).map(
    (label) => [label, 'windows-1252'] as const,
  ),
]);

type Encoding = 'utf-8' | 'utf-16le' | 'windows-1252';

interface DecoderOptions {
  readonly fatal?: boolean;
  readonly ignoreBOM?: boolean;
}

const REPLACEMENT = 0xfffd;
const BOM = 0xfeff;
/** Longest list of arguments that is surely accepted. */
const CHUNK = 4_096;

export class TextDecoder {
  readonly #encoding: Encoding;
  readonly #options: DecoderOptions;
  #rest: number[] = [];
  #isStarted = false;

  constructor(label: unknown = 'utf-8', options: DecoderOptions = {}) {
    const encoding = LABELS.get(String(label).trim().toLowerCase());
    if (encoding === undefined) {
      throw new RangeError(
        `The "${String(label)}" encoding is not supported in workflow code: decode it in an activity.`,
      );
    }
    this.#encoding = encoding;
    this.#options = { fatal: options.fatal === true, ignoreBOM: options.ignoreBOM === true };
  }

  get encoding(): string {
    return this.#encoding;
  }
  get fatal(): boolean {
    return this.#options.fatal === true;
  }
  get ignoreBOM(): boolean {
    return this.#options.ignoreBOM === true;
  }

  decode(input?: ArrayBuffer | ArrayBufferView, options: { readonly stream?: boolean } = {}): string {
    const bytes = this.#rest.length === 0 ? bytesOf(input) : Uint8Array.from([...this.#rest, ...bytesOf(input)]);
    const stream = options.stream === true;
    const { points, rest } = DECODERS[this.#encoding](bytes, stream);
    if (this.fatal && points.includes(-1)) {
      this.#rest = [];
      throw new TypeError(`The encoded data was not valid for encoding ${this.#encoding}`);
    }
    this.#rest = rest;
    if (!this.ignoreBOM && !this.#isStarted && points[0] === BOM) points.shift();
    this.#isStarted = stream && (this.#isStarted || points.length > 0);
    return textOf(points);
  }
}
defineTag(TextDecoder.prototype, 'TextDecoder');

function bytesOf(input: ArrayBuffer | ArrayBufferView | undefined): Uint8Array {
  if (input === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  throw new TypeError('The "input" argument must be an ArrayBuffer or a view of one');
}

function textOf(points: readonly number[]): string {
  let text = '';
  for (let at = 0; at < points.length; at += CHUNK) {
    text += String.fromCodePoint(...points.slice(at, at + CHUNK).map((point) => (point < 0 ? REPLACEMENT : point)));
  }
  return text;
}

/** Code points, -1 for what is malformed; bytes that may be completed by the next ones. */
interface Decoded {
  readonly points: number[];
  readonly rest: number[];
}

const DECODERS: Readonly<Record<Encoding, (bytes: Uint8Array, stream: boolean) => Decoded>> = {
  'utf-8': decodeUtf8,
  'utf-16le': decodeUtf16,
  'windows-1252': (bytes) => ({ points: [...bytes], rest: [] }),
};

function decodeUtf8(bytes: Uint8Array, stream: boolean): Decoded {
  const points: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { point, length, isCut } = pointAt(bytes, at);
    if (isCut && stream) return { points, rest: [...bytes.subarray(at)] };
    points.push(point);
    at += length;
  }
  return { points, rest: [] };
}

/** Table of well-formed sequences: the first byte decides how many follow and what the second one may be. */
function pointAt(bytes: Uint8Array, at: number): { point: number; length: number; isCut: boolean } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { point: first, length: 1, isCut: false };
  const count = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc2 || first > 0xf4) return { point: -1, length: 1, isCut: false };
  let point = first & (0x3f >> count);
  for (let index = 1; index <= count; index += 1) {
    const next = bytes[at + index];
    if (next === undefined) return { point: -1, length: index, isCut: true };
    const [low, high] = index === 1 ? secondRange(first) : [0x80, 0xbf];
    if (next < low || next > high) return { point: -1, length: index, isCut: false };
    point = (point << 6) | (next & 0x3f);
  }
  return { point, length: count + 1, isCut: false };
}

function secondRange(first: number): [number, number] {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  return first === 0xf4 ? [0x80, 0x8f] : [0x80, 0xbf];
}

function decodeUtf16(bytes: Uint8Array, stream: boolean): Decoded {
  const points: number[] = [];
  const unit = (at: number): number | undefined => {
    const high = bytes[at + 1];
    return high === undefined ? undefined : (bytes[at] ?? 0) | (high << 8);
  };
  for (let at = 0; at < bytes.length; at += 2) {
    const first = unit(at);
    const isLead = first !== undefined && first >= 0xd800 && first < 0xdc00;
    const second = isLead ? unit(at + 2) : undefined;
    if (first === undefined || (isLead && second === undefined)) {
      if (stream) return { points, rest: [...bytes.subarray(at)] };
      points.push(-1);
      break;
    }
    if (second !== undefined && second >= 0xdc00 && second < 0xe000) {
      points.push(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
      at += 2;
    } else points.push(first >= 0xd800 && first < 0xe000 ? -1 : first);
  }
  return { points, rest: [] };
}
