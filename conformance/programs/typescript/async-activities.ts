// Activities that return before they are done; the rest is completed through the client.
import { CompleteAsyncError, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';

/** Activities that finish through `client`. */
export function makeAsyncActivities(client: Client) {
  return {
    async completeByToken(): Promise<string> {
      const { taskToken } = Context.current().info;
      setTimeout(() => void client.activity.complete(taskToken, 'by token'), 300);
      throw new CompleteAsyncError();
    },
    /** Left open: the scenario ends it by id. */
    async leaveOpen(): Promise<string> {
      throw new CompleteAsyncError();
    },
  };
}
