import { activityInfo, sleep } from 'perdure/activity';
import type { Client } from 'perdure/client';
import type { lock, Request } from './workflows.js';

/** Starts the lock if it does not run, and asks for it, in one call. `uses` tells who used a crane, when it began and ended. */
export function makeActivities(client: Client, uses: string[]) {
  return {
    async askForLock(crane: string, request: Request): Promise<void> {
      await client.workflow.signalWithStart<typeof lock, [Request]>('lock', {
        workflowId: crane,
        taskQueue: activityInfo().taskQueue,
        args: [],
        signal: 'requestLock',
        signalArgs: [request],
      });
    },
    async useCrane(crane: string, cargo: string): Promise<string> {
      uses.push(`${cargo} begins`);
      await sleep(10);
      uses.push(`${cargo} ends`);
      return `${cargo} lifted by ${crane}`;
    },
  };
}
