/** A visibility record as columns of `execution` and back. */
import { decodeAttributes, encodeAttributes, NAMESPACE_DIVISION, sqliteDialect } from '../../core/visibility/index.js';
import type { SqlTarget, VisibilityRecord } from '../../core/visibility/index.js';
import { readNumber, readText } from './driver.js';
import type { SqlRow, SqlValue } from './driver.js';

/** In the order of `executionValues`. */
export const EXECUTION_COLUMNS: readonly string[] = [
  'workflow_id',
  'run_id',
  'workflow_type',
  'task_queue',
  'start_ms',
  'execution_ms',
  'parent_workflow_id',
  'parent_run_id',
  'root_workflow_id',
  'root_run_id',
  'status',
  'close_ms',
  'history_length',
  'history_size_bytes',
  'transition_count',
  'duration_ms',
  'attributes',
];

/** What a run is known by comes first in `EXECUTION_COLUMNS`, and stays; what becomes of it follows, attributes last. */
export const IDENTITY_COLUMNS = 10;

export const executionTarget: SqlTarget = {
  columns: {
    system: {
      WorkflowId: 'workflow_id',
      RunId: 'run_id',
      WorkflowType: 'workflow_type',
      StartTime: 'start_ms',
      ExecutionTime: 'execution_ms',
      CloseTime: 'close_ms',
      ExecutionStatus: 'status',
      TaskQueue: 'task_queue',
      HistoryLength: 'history_length',
      ExecutionDuration: 'duration_ms',
      StateTransitionCount: 'transition_count',
      HistorySizeBytes: 'history_size_bytes',
      ParentWorkflowId: 'parent_workflow_id',
      ParentRunId: 'parent_run_id',
      RootWorkflowId: 'coalesce(root_workflow_id, workflow_id)',
      RootRunId: 'coalesce(root_run_id, run_id)',
    },
    attributes: 'attributes',
  },
  dialect: sqliteDialect,
};

export function executionValues(row: VisibilityRecord): SqlValue[] {
  return [
    row.workflowId,
    row.runId,
    row.workflowType,
    row.taskQueue,
    row.startTimeMs,
    row.executionTimeMs,
    row.parentWorkflowId ?? null,
    row.parentRunId ?? null,
    row.rootWorkflowId === row.workflowId ? null : row.rootWorkflowId,
    row.rootRunId === row.runId ? null : row.rootRunId,
    row.status,
    row.closeTimeMs ?? null,
    row.historyLength ?? null,
    row.historySizeBytes ?? null,
    row.stateTransitionCount ?? null,
    row.executionDurationMs ?? null,
    row.attributes.size === 0 ? '{}' : encodeAttributes(row.attributes),
  ];
}

export function readExecutionRow(namespaceId: string, row: SqlRow): VisibilityRecord {
  const workflowId = readText(row, 'workflow_id');
  const runId = readText(row, 'run_id');
  return {
    namespaceId,
    workflowId,
    runId,
    workflowType: readText(row, 'workflow_type'),
    taskQueue: readText(row, 'task_queue'),
    status: readNumber(row, 'status'),
    startTimeMs: readNumber(row, 'start_ms'),
    executionTimeMs: readNumber(row, 'execution_ms'),
    ...present('closeTimeMs', row['close_ms']),
    ...present('historyLength', row['history_length']),
    ...present('historySizeBytes', row['history_size_bytes']),
    ...present('stateTransitionCount', row['transition_count']),
    ...present('executionDurationMs', row['duration_ms']),
    ...present('parentWorkflowId', row['parent_workflow_id']),
    ...present('parentRunId', row['parent_run_id']),
    rootWorkflowId: row['root_workflow_id'] === null ? workflowId : readText(row, 'root_workflow_id'),
    rootRunId: row['root_run_id'] === null ? runId : readText(row, 'root_run_id'),
    attributes: decodeAttributes(readText(row, 'attributes')),
  };
}

/** The key by which the runs of a division are counted; plain workflows have none. */
export function divisionKey(division: string | undefined): string {
  return division === undefined ? '' : `=${division}`;
}

/** The same from the attributes of a record. */
export function divisionKeyOf(attributes: VisibilityRecord['attributes']): string {
  const division = attributes.get(NAMESPACE_DIVISION);
  return divisionKey(division === undefined ? undefined : String(division));
}

/** NULL is a field that is not there. */
function present<Name extends string>(name: Name, value: SqlValue | undefined): Record<Name, never> | object {
  return value === null || value === undefined ? {} : { [name]: value };
}
