import { proxyActivities } from 'perdure/workflow';
import type * as activities from './activities.js';

const { resize } = proxyActivities<typeof activities>({ startToCloseTimeout: '5 minutes' });

export async function thumbnails(image: string, widths: number[]): Promise<string[]> {
  return Promise.all(widths.map((width) => resize(image, width)));
}
