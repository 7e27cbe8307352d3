import { sleep } from 'perdure/activity';

/** `seen` counts how many are handled now and at most. */
export function makeActivities(seen: { now: number; most: number; records: Set<number> }) {
  return {
    async handle(record: number): Promise<void> {
      seen.most = Math.max(seen.most, ++seen.now);
      await sleep(2);
      seen.records.add(record);
      seen.now--;
    },
  };
}
