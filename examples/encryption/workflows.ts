import { condition, defineQuery, defineSignal, proxyActivities, setHandler } from 'perdure/workflow';
import type * as activities from './activities.js';

const { examine } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

export const addFinding = defineSignal<[text: string]>('addFinding');
export const findings = defineQuery<string[]>('findings');

/** Knows nothing of keys: what leaves the process is encrypted by the codec of client and worker. */
export async function patient(name: string): Promise<string> {
  const found: string[] = [];
  setHandler(addFinding, (text) => void found.push(text));
  setHandler(findings, () => found);
  found.push(await examine(name));
  await condition(() => found.length >= 2);
  return `${name}: ${found.join(', ')}`;
}
