import { CancelledFailure, condition, defineQuery, defineSignal, isCancellation, setHandler } from 'perdure/workflow';

export const approve = defineSignal<[by: string]>('approve');
export const approvers = defineQuery<string[]>('approvers');

/** Waits until two different people have approved. Cancelling withdraws the request. */
export async function fourEyes(request: string): Promise<string> {
  const names = new Set<string>();
  setHandler(approve, (by) => void names.add(by));
  setHandler(approvers, () => [...names]);
  try {
    await condition(() => names.size >= 2);
    return `${request} approved by ${[...names].join(' and ')}`;
  } catch (error) {
    if (isCancellation(error)) throw new CancelledFailure(`${request} was withdrawn`);
    throw error;
  }
}
