/** Payloads for people: JSON as it is, other encodings by name and size. */
import { Payload, Payloads } from '@perdure/protocol';
import { UsageError } from '../exit-code.js';

const utf8 = new TextDecoder();

/** Encoded Payloads as texts, one per payload. */
export function payloadTexts(encoded: Uint8Array | undefined): string[] {
  return encoded === undefined ? [] : Payloads.decode(encoded).payloads.map(payloadText);
}

/** An encoded Payload. */
export function payloadText(encoded: Uint8Array): string {
  const { metadata, data } = Payload.decode(encoded);
  const encoding = utf8.decode(metadata.get('encoding') ?? new Uint8Array(0));
  switch (encoding) {
    case 'json/plain':
    case 'json/protobuf':
      return utf8.decode(data);
    case 'binary/null':
      return 'null';
    default:
      return `<${encoding === '' ? 'no encoding' : encoding}, ${data.length} bytes>`;
  }
}

/** On one line of bounded length, for lists and histories. */
export function shortText(texts: readonly string[], charsMax = 60): string {
  const line = texts.join(', ').replaceAll(/\s+/g, ' ');
  return line.length > charsMax ? `${line.slice(0, charsMax - 1)}…` : line;
}

/** The values of --input as encoded Payloads; undefined when there are none. Throws UsageError for what is not JSON. */
export function payloadsOf(inputs: readonly string[]): Uint8Array | undefined {
  return inputs.length === 0 ? undefined : Payloads.encode({ payloads: inputs.map(jsonPayload) });
}

const encoder = new TextEncoder();
const jsonPlain = new Map([['encoding', encoder.encode('json/plain')]]);

function jsonPayload(input: string): Uint8Array {
  try {
    JSON.parse(input);
  } catch {
    throw new UsageError(
      `--input is not JSON: ${input}`,
      `A text is written with quotes: --input '"${input.replaceAll('"', '')}"'`,
    );
  }
  return Payload.encode({ metadata: jsonPlain, data: encoder.encode(input) });
}
