// A million records, never more than `windowSize` at once: children report by signal, and the parent starts anew in between.
import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  workflowInfo,
} from 'perdure/workflow';
import type { makeActivities } from './activities.js';

const { handle } = proxyActivities<ReturnType<typeof makeActivities>>({ startToCloseTimeout: '1 minute' });

export const recordDone = defineSignal<[record: number]>('recordDone');
export const progress = defineQuery<Progress>('progress');

export interface Progress {
  readonly next: number;
  readonly running: readonly number[];
  readonly done: number;
}
export interface Window extends Progress {
  readonly records: number;
  readonly windowSize: number;
  /** Children that one run starts. */
  readonly runLength: number;
}

export async function slidingWindow(window: Window): Promise<number> {
  let { next, done } = window;
  const running = new Set(window.running);
  setHandler(progress, () => ({ next, running: [...running], done }));
  setHandler(recordDone, (record) => {
    // A child that reports twice counts once.
    if (running.delete(record)) done++;
  });
  const { workflowId } = workflowInfo();
  for (let started = 0; started < window.runLength && next < window.records; started++) {
    await condition(() => running.size < window.windowSize);
    const record = next++;
    running.add(record);
    await startChild(processRecord, {
      args: [workflowId, record],
      workflowId: `${workflowId}/${record}`,
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  }
  if (next < window.records)
    return continueAsNew<typeof slidingWindow>({ ...window, next, done, running: [...running] });
  await condition(() => running.size === 0);
  return done;
}

export async function processRecord(parent: string, record: number): Promise<void> {
  await handle(record);
  await getExternalWorkflowHandle(parent).signal(recordDone, record);
}
