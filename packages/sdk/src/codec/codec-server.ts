/** A codec server: decodes payloads for people who look at executions in the Web UI or with the CLI. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodePayloads, encodePayloads } from '../conversion/codec-pass.js';
import type { PayloadCodec } from '../conversion/data-converter.js';
import { messageOf } from '../conversion/error-class.js';
import { ValueError } from '../conversion/errors.js';
import { payloadsFromJson, payloadsToJson } from './payload-json.js';

/** Who asks for what. */
export interface CodecServerRequest {
  readonly operation: 'encode' | 'decode';
  /** Of the executions that the payloads are of, as the asking tool says. */
  readonly namespace: string | undefined;
  /** The header of that name, such as `Bearer …`. */
  readonly authorization: string | undefined;
}

export interface CodecServerOptions {
  /** As in the data converter of clients and workers; a function chooses by namespace. */
  codecs: readonly PayloadCodec[] | ((request: CodecServerRequest) => readonly PayloadCodec[]);
  /** Web pages that may ask, such as `http://localhost:8233`; `*` is all, without cookies. Default: none, tools only. */
  origins?: readonly string[] | undefined;
  /** False answers 403. Default: everybody who can reach the server may read everything. */
  authorize?: ((request: CodecServerRequest) => boolean | Promise<boolean>) | undefined;
  /** Larger bodies are refused. Default 32 MiB. */
  bodyBytesMax?: number | undefined;
}

/**
 * A handler for `node:http`, and for frameworks that take such handlers:
 *
 *     createServer(codecServer({ codecs: [codec], origins: ['http://localhost:8233'] })).listen(8081);
 *
 * It answers POST …/encode and …/decode.
 */
export function codecServer(options: CodecServerOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const headers = { 'cache-control': 'no-store', ...corsHeaders(request, options.origins ?? []) };
    answer(request, options)
      .catch(failedAnswer)
      .then(({ status, body }) => {
        const type = status === 200 ? 'application/json' : 'text/plain; charset=utf-8';
        response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-type': type }) }).end(body);
      })
      .catch(() => response.destroy());
  };
}

interface Answer {
  readonly status: number;
  readonly body?: string;
}

async function answer(request: IncomingMessage, options: CodecServerOptions): Promise<Answer> {
  if (request.method === 'OPTIONS') return { status: 204 };
  const operation = /\/(encode|decode)\/?(?:\?|$)/.exec(request.url ?? '')?.[1] as CodecServerRequest['operation'];
  if (operation === undefined) return { status: 404, body: 'POST to /encode or /decode' };
  if (request.method !== 'POST') return { status: 405, body: `POST to /${operation}` };
  const asked = {
    operation,
    namespace: header(request, 'x-namespace'),
    authorization: header(request, 'authorization'),
  };
  if (options.authorize !== undefined && !(await options.authorize(asked))) {
    return { status: 403, body: 'not allowed' };
  }
  const text = await bodyOf(request, options.bodyBytesMax ?? 32 * 1024 * 1024);
  if (text === undefined) return { status: 413, body: 'the body is too large' };
  const codecs = typeof options.codecs === 'function' ? options.codecs(asked) : options.codecs;
  const payloads = payloadsFromJson(text);
  const pass = operation === 'encode' ? encodePayloads : decodePayloads;
  return { status: 200, body: payloadsToJson(await pass(codecs, payloads)) };
}

/** What the caller can mend is told; of everything else, only that it happened. */
function failedAnswer(error: unknown): Answer {
  if (error instanceof ValueError) return { status: 400, body: messageOf(error) };
  return { status: 500, body: 'the codec failed' };
}

async function bodyOf(request: IncomingMessage, bytesMax: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function corsHeaders(request: IncomingMessage, origins: readonly string[]): Record<string, string> {
  const origin = header(request, 'origin');
  if (origin === undefined) return {};
  const isListed = origins.includes(origin);
  if (!isListed && !origins.includes('*')) return {};
  return {
    'access-control-allow-origin': isListed ? origin : '*',
    ...(isListed ? { 'access-control-allow-credentials': 'true' } : {}),
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-allow-headers': header(request, 'access-control-request-headers') ?? 'content-type, x-namespace',
    vary: 'origin, access-control-request-headers',
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
