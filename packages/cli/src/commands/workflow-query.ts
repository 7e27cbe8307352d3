/** `perdure workflow query` */
import { QueryWorkflowResponse, WorkflowExecutionStatusNames, workflowService } from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { withConnection } from '../connection.js';
import { CommandFailure, ExitCode } from '../exit-code.js';
import { enumText } from '../output/enum-text.js';
import { payloadsOf, payloadTexts } from '../output/payload-text.js';
import { printMessage } from '../output/print.js';
import type { QueryFlags } from '../spec.js';

/** A worker may have to replay the whole history first. */
const QUERY_TIMEOUT_MS = 30_000;

export async function run(around: Surroundings, flags: QueryFlags): Promise<void> {
  const { namespace, name: queryType, 'workflow-id': workflowId, 'run-id': runId } = flags;
  const query = { queryType, queryArgs: payloadsOf(flags.input) };
  await withConnection(flags, async (connection) => {
    const bytes = await connection.callBytes(
      workflowService.QueryWorkflow,
      { namespace, execution: { workflowId, runId }, query },
      QUERY_TIMEOUT_MS,
    );
    const { queryResult, queryRejected } = QueryWorkflowResponse.decode(bytes);
    if (queryRejected !== undefined) {
      throw new CommandFailure(
        ExitCode.FAILED,
        `The query was rejected: ${workflowId} is ${enumText(WorkflowExecutionStatusNames, queryRejected.status)}.`,
      );
    }
    if (flags.output === 'json') await printMessage(around, QueryWorkflowResponse, bytes);
    else
      around.out(
        payloadTexts(queryResult)
          .map((text) => `${text}\n`)
          .join(''),
      );
  });
}
