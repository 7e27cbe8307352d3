import { proxyActivities } from 'perdure/workflow';
import type { makeActivities } from './activities.js';

/** Asks once in `interval`, for ever, without growing its history. */
export async function awaitDelivery(parcel: string, interval: number): Promise<string> {
  const { deliveredTo } = proxyActivities<ReturnType<typeof makeActivities>>({
    startToCloseTimeout: '10s',
    retry: { initialInterval: interval, backoffCoefficient: 1 },
  });
  return `${parcel} is at ${await deliveredTo(parcel)}`;
}
