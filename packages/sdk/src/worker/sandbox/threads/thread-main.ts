/** The thread that runs workflows: one realm, driven by messages. Whatever goes wrong in here ends the thread, not the worker. */
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { copyData } from '../../../workflow/runtime/globals/copy-data.js';
import { ActivationLoop } from '../activation-loop.js';
import type { Ended } from '../activation-loop.js';
import { RunBytes } from '../run-bytes.js';
import { watchRejections } from '../unhandled-rejections.js';
import { VmRealm } from '../vm-realm.js';
import type { FromThread, ThreadData, ToThread } from './messages.js';

/** Results that wait for others to come along, so that the first of a long queue is not kept back for the last. */
const BATCH_MAX = 16;

const { options, heartbeat } = workerData as ThreadData;
const beat = new Int32Array(heartbeat);
const port = parentPort;
if (port === null) throw new Error('This file runs in a thread of the sandbox only');

const realm = new VmRealm(options);
const runBytes = new RunBytes();
const loop = new ActivationLoop(realm);
watchRejections({ owns: (promise) => realm.owns(promise), onRejection: (reason) => loop.onRejection(reason) });

let out: FromThread[] = [];
let unanswered = 0;

port.on('message', (messages: readonly ToThread[]) => {
  for (const message of messages) take(message);
});

function take(message: ToThread): void {
  switch (message.kind) {
    case 'bundle':
      return load(message);
    case 'create':
      return realm.createRun(message.setup);
    case 'activate':
      return activate(message);
    case 'evict':
      realm.destroyRun(message.runId);
      return runBytes.forget(message.runId);
  }
}

function load({ bundle }: Extract<ToThread, { kind: 'bundle' }>): void {
  try {
    realm.loadBundle(bundle);
    send({ kind: 'ready', workflowTypes: realm.workflowTypes() });
    watchHeap();
  } catch (error) {
    send({ kind: 'broken', reason: error instanceof Error ? error.message : String(error) });
  }
  flush();
}

function activate({ seq, activation }: Extract<ToThread, { kind: 'activate' }>): void {
  unanswered += 1;
  loop.push(
    activation,
    (ended) => answer(seq, activation, ended),
    () => Atomics.store(beat, 0, seq),
    () => Atomics.store(beat, 0, 0),
  );
}

function answer(seq: number, activation: Parameters<ActivationLoop['push']>[0], ended: Ended): void {
  unanswered -= 1;
  // Exact copies: a view of a larger buffer would be sent with all of it.
  const completion = copyData(ended.completion);
  const bytes = runBytes.onActivation(activation.runId, activation, completion);
  send({ kind: 'done', seq, completion, sinkCalls: ended.sinkCalls, runBytes: bytes });
  if (unanswered === 0 || out.length >= BATCH_MAX) flush();
}

function send(message: FromThread): void {
  out.push(message);
}

function flush(): void {
  const messages = out;
  out = [];
  port?.postMessage(messages);
}

/** After each full collection the heap is what the runs hold, and what was there before them. */
function watchHeap(): void {
  const before = getHeapStatistics().used_heap_size;
  new PerformanceObserver((list) => {
    const isFull = list.getEntries().some((entry) => kindOf(entry) === constants.NODE_PERFORMANCE_GC_MAJOR);
    if (isFull) runBytes.scale(getHeapStatistics().used_heap_size - before);
  }).observe({ entryTypes: ['gc'] });
}

function kindOf(entry: object): unknown {
  return (entry as { readonly detail?: { readonly kind?: unknown } }).detail?.kind;
}
