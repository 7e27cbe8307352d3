/** Clients that let a test's time be skipped while they wait for results. */
import { Client } from '../client/client.js';
import { WorkflowClient } from '../client/workflow-client.js';
import type { WorkflowClientOptions, WorkflowResultOptions } from '../client/workflow-client.js';
import type { Workflow, WorkflowResultType } from '../conversion/workflow-types.js';

/** A WorkflowClient of a server that skips time: time is skipped while somebody awaits a result (`result`, `execute`). */
export class TimeSkippingWorkflowClient extends WorkflowClient {
  override async result<W extends Workflow>(
    workflowId: string,
    runId?: string,
    options?: WorkflowResultOptions,
  ): Promise<WorkflowResultType<W>> {
    const { testService } = this.connection;
    await testService.unlockTimeSkipping({});
    try {
      return await super.result<W>(workflowId, runId, options);
    } finally {
      await testService.lockTimeSkipping({});
    }
  }
}

/** A Client whose `workflow` is a TimeSkippingWorkflowClient. */
export class TimeSkippingClient extends Client {
  protected override workflowClient(options: WorkflowClientOptions): WorkflowClient {
    return new TimeSkippingWorkflowClient(options);
  }
}
