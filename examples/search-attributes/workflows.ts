import {
  condition,
  defineSignal,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from 'perdure/workflow';
import { customer, priority } from './attributes.js';

export const escalate = defineSignal<[to: number]>('escalate');
export const resolve = defineSignal('resolve');

/** A support ticket that can be found by who wrote it and how urgent it is, now. */
export async function ticket(text: string): Promise<string> {
  let isResolved = false;
  upsertMemo({ text });
  setHandler(escalate, (to) => upsertSearchAttributes([{ key: priority, value: to }]));
  setHandler(resolve, () => void (isResolved = true));
  await condition(() => isResolved);
  const attributes = workflowInfo().typedSearchAttributes;
  return `${attributes.get(customer)} was served at priority ${attributes.get(priority)}`;
}
