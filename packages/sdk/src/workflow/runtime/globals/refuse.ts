/** Refusals: what workflow code cannot have, why, and what to do instead. */
import { DeterminismViolationError } from '../errors.js';

/** Throws; `advice` goes on after the name: "`fetch` does I/O: call it in an activity." */
export function refuse(name: string, advice: string): never {
  throw new DeterminismViolationError(`\`${name}\` cannot be used in workflow code: ${advice}`);
}

const IO = 'it does I/O. Call it in an activity.';

/**
 * Functions and classes that are there, so that code finds them, and say why they cannot be used when they are called: no
 * library takes their absence for an old platform and goes on to something else.
 */
export const REFUSED_WHEN_CALLED: Readonly<Record<string, string>> = {
  fetch: IO,
};

/**
 * Names that are not defined, because libraries look with `typeof` whether they are there. A ReferenceError about one of
 * them is reported with this advice.
 */
export const REFUSED_NAMES: Readonly<Record<string, string>> = {
  process:
    'a workflow must not depend on the process that runs it. Pass what it needs as an argument, or read it in an activity.',
  Buffer: 'it belongs to Node. Use Uint8Array, TextEncoder, atob and btoa, or an activity.',
  require: 'modules are bundled. Write an import, or load the module in an activity.',
  module: 'modules are bundled. Write `export`.',
  exports: 'modules are bundled. Write `export`.',
  __dirname: 'a workflow has no files. Read them in an activity.',
  __filename: 'a workflow has no files. Read them in an activity.',
  XMLHttpRequest: IO,
  WebSocket: IO,
  EventSource: IO,
  Headers: 'it belongs to `fetch`, which does I/O. Call it in an activity.',
  Request: 'it belongs to `fetch`, which does I/O. Call it in an activity.',
  Response: 'it belongs to `fetch`, which does I/O. Call it in an activity.',
  FormData: 'it belongs to `fetch`, which does I/O. Call it in an activity.',
  MessageEvent: 'messages of threads and sockets come at times that are not recorded. Use signals or updates.',
  CloseEvent: 'it belongs to `WebSocket`, which does I/O. Use an activity.',
  ErrorEvent: 'it belongs to `WebSocket` and threads. Use an activity.',
  MessageChannel: 'other threads go on at times that are not recorded. Use promises, signals or updates.',
  MessagePort: 'other threads go on at times that are not recorded. Use promises, signals or updates.',
  BroadcastChannel: 'other threads go on at times that are not recorded. Use signals.',
  Worker: 'other threads go on at times that are not recorded. Use activities or child workflows.',
  SharedArrayBuffer: 'memory shared with other threads changes at times that are not recorded. Use ArrayBuffer.',
  Atomics:
    'memory shared with other threads changes at times that are not recorded. Use plain variables: a run has one thread.',
  WebAssembly: 'its memory and compiled code are not part of the sandbox. Call it in an activity.',
  Blob: 'reading it takes time that is not recorded. Use Uint8Array, or an activity.',
  File: 'reading it takes time that is not recorded. Use Uint8Array, or an activity.',
  Storage: IO,
  localStorage: IO,
  sessionStorage: IO,
  navigator: 'a workflow must not depend on the machine that runs it. Pass what it needs as an argument.',
  Navigator: 'a workflow must not depend on the machine that runs it. Pass what it needs as an argument.',
  URLPattern: 'it is not in every Node that may replay the workflow. Use a regular expression.',
  CryptoKey: 'cryptography is done by other threads. Encrypt, hash and sign in an activity.',
  SubtleCrypto: 'cryptography is done by other threads. Encrypt, hash and sign in an activity.',
  gc: 'memory is freed at times that are not recorded.',
};

const STREAMS = [
  'ByteLengthQueuingStrategy',
  'CompressionStream',
  'CountQueuingStrategy',
  'DecompressionStream',
  'ReadableByteStreamController',
  'ReadableStream',
  'ReadableStreamBYOBReader',
  'ReadableStreamBYOBRequest',
  'ReadableStreamDefaultController',
  'ReadableStreamDefaultReader',
  'TextDecoderStream',
  'TextEncoderStream',
  'TransformStream',
  'TransformStreamDefaultController',
  'WritableStream',
  'WritableStreamDefaultController',
  'WritableStreamDefaultWriter',
];
const MEASURES = [
  'Performance',
  'PerformanceEntry',
  'PerformanceMark',
  'PerformanceMeasure',
  'PerformanceObserver',
  'PerformanceObserverEntryList',
  'PerformanceResourceTiming',
];

/** Why this name is not defined; undefined when it is none of ours. */
export function adviceFor(name: string): string | undefined {
  if (Object.hasOwn(REFUSED_NAMES, name)) return REFUSED_NAMES[name];
  if (STREAMS.includes(name)) return 'streams are read at times that are not recorded. Use them in an activity.';
  return MEASURES.includes(name) ? 'time is measured in activities; a workflow has `performance.now()`.' : undefined;
}

/** All names that are not defined. */
export function refusedNames(): string[] {
  return [...Object.keys(REFUSED_NAMES), ...STREAMS, ...MEASURES];
}

const NOT_DEFINED = /^(\S+) is not defined$/;

/** Completes the message of "process is not defined" and the like. Changes nothing else. */
export function adviseOn(error: unknown): void {
  if (!(error instanceof ReferenceError)) return;
  const name = NOT_DEFINED.exec(error.message)?.[1];
  const advice = name === undefined ? undefined : adviceFor(name);
  if (advice !== undefined) error.message += ` in workflow code: ${advice}`;
}
