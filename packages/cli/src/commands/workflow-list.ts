/** `perdure workflow list` */
import type { ListWorkflowExecutionsResponse } from '@perdure/protocol';
import { WorkflowExecutionInfo, WorkflowExecutionStatusNames, workflowService } from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { withConnection } from '../connection.js';
import type { Connection } from '../connection.js';
import { enumText } from '../output/enum-text.js';
import { printJson } from '../output/print.js';
import { table } from '../output/table.js';
import { durationText, relativeText } from '../output/time-text.js';
import type { ListFlags } from '../spec.js';

const PAGE_ROWS = 1_000;

export async function run(around: Surroundings, flags: ListFlags): Promise<void> {
  await withConnection(flags, async (connection) => {
    const executions = await fetchAll(connection, flags);
    if (flags.output === 'json') {
      const { messageToJson } = await import('@perdure/protocol/json');
      printJson(
        around,
        executions.map((each) =>
          messageToJson(WorkflowExecutionInfo.name, WorkflowExecutionInfo.encode(each), { payloads: 'long' }),
        ),
      );
      return;
    }
    if (executions.length === 0)
      around.err(`No workflow executions in namespace ${flags.namespace}${flags.query === '' ? '' : ' that match'}.\n`);
    around.out(
      table(
        ['STATUS', 'WORKFLOW ID', 'TYPE', 'STARTED', 'TOOK', 'TASK QUEUE'],
        executions.map((each) => rowOf(each, around.nowMs())),
      ),
    );
  });
}

async function fetchAll(
  connection: Connection,
  { namespace, query, limit = Infinity }: ListFlags,
): Promise<WorkflowExecutionInfo[]> {
  const executions: WorkflowExecutionInfo[] = [];
  let page: ListWorkflowExecutionsResponse | undefined;
  do {
    const pageSize = Math.min(PAGE_ROWS, limit - executions.length);
    const nextPageToken = page?.nextPageToken;
    page = await connection.call(workflowService.ListWorkflowExecutions, { namespace, query, pageSize, nextPageToken });
    executions.push(...page.executions);
  } while (page.nextPageToken.length > 0 && executions.length < limit);
  return executions;
}

function rowOf(
  { execution, type, status, startTime, closeTime, taskQueue }: WorkflowExecutionInfo,
  nowMs: number,
): string[] {
  const took = startTime === undefined || closeTime === undefined ? '' : durationText(closeTime - startTime);
  return [
    enumText(WorkflowExecutionStatusNames, status),
    execution?.workflowId ?? '',
    type?.name ?? '',
    relativeText(startTime, nowMs),
    took,
    taskQueue,
  ];
}
