import { activityInfo, CompleteAsyncError } from 'perdure/activity';
import type { Desk } from './desk.js';

export function makeActivities(desk: Desk) {
  return {
    async awaitDecision(id: string): Promise<'approved' | 'rejected'> {
      desk.waiting.set(id, activityInfo().taskToken);
      throw new CompleteAsyncError();
    },
    async pay(id: string, cents: number): Promise<string> {
      return `${cents} cents paid for ${id}`;
    },
  };
}
