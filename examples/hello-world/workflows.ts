// A workflow: an ordinary function that runs to its end no matter what crashes.
import { proxyActivities } from 'perdure/workflow';
import type * as activities from './activities.js';

const { greet } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

export async function hello(name: string): Promise<string> {
  return greet(name);
}
