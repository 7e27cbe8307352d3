/**
 * One row of a list: what visibility knows about one run. The engine writes it whole in the run's own commit; lists,
 * counts and batch jobs read nothing else.
 */
import type { SystemAttributeName } from './attributes.js';

/** A search attribute as stored: datetimes are milliseconds since the epoch, a KeywordList is an array. */
export type AttributeValue = string | number | boolean | readonly string[];

export interface VisibilityRecord {
  readonly namespaceId: string;
  readonly workflowId: string;
  /** Unique over all rows: the last tiebreaker of every order. */
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  /** WorkflowExecutionStatus as a number: 1 is Running. */
  readonly status: number;
  readonly startTimeMs: number;
  /** Start time plus start delay or first cron/retry wait. */
  readonly executionTimeMs: number;
  /** Present from the close on, as are the next four. */
  readonly closeTimeMs?: number;
  readonly historyLength?: number;
  readonly historySizeBytes?: number;
  readonly stateTransitionCount?: number;
  /** Close time minus execution time. Queries say it in nanoseconds. */
  readonly executionDurationMs?: number;
  readonly parentWorkflowId?: string;
  readonly parentRunId?: string;
  /** The run itself when it has no parent. */
  readonly rootWorkflowId: string;
  readonly rootRunId: string;
  /** Predefined and custom attributes; each value has the type that the schema gives to its name. */
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** Encoded Memo; absent when empty. Lists return it, no query reads it. */
  readonly memo?: Uint8Array;
  /** Encoded SearchAttributes as last set, with types; absent when none. Lists return them as they are. */
  readonly searchAttributes?: Uint8Array;
}

/** Reads a system attribute; undefined where the row has none (an open run has no CloseTime). */
export function readSystemAttribute(record: VisibilityRecord, name: SystemAttributeName): string | number | undefined {
  return SYSTEM_READERS[name](record);
}

const SYSTEM_READERS: Readonly<Record<SystemAttributeName, (record: VisibilityRecord) => string | number | undefined>> =
  {
    WorkflowId: (record) => record.workflowId,
    RunId: (record) => record.runId,
    WorkflowType: (record) => record.workflowType,
    StartTime: (record) => record.startTimeMs,
    ExecutionTime: (record) => record.executionTimeMs,
    CloseTime: (record) => record.closeTimeMs,
    ExecutionStatus: (record) => record.status,
    TaskQueue: (record) => record.taskQueue,
    HistoryLength: (record) => record.historyLength,
    ExecutionDuration: (record) => record.executionDurationMs,
    StateTransitionCount: (record) => record.stateTransitionCount,
    HistorySizeBytes: (record) => record.historySizeBytes,
    ParentWorkflowId: (record) => record.parentWorkflowId,
    ParentRunId: (record) => record.parentRunId,
    RootWorkflowId: (record) => record.rootWorkflowId,
    RootRunId: (record) => record.rootRunId,
  };

/** The JSON text that the attributes column holds, and that the SQL of `sql.ts` expects there. */
export function encodeAttributes(attributes: ReadonlyMap<string, AttributeValue>): string {
  let text = encoded.get(attributes);
  if (text === undefined) encoded.set(attributes, (text = JSON.stringify(Object.fromEntries(attributes))));
  return text;
}

/** A row is written more than once with the same attributes. */
const encoded = new WeakMap<ReadonlyMap<string, AttributeValue>, string>();

/** Reads what `encodeAttributes` wrote. Entries of any other shape are left out: a list must not fail for one row. */
export function decodeAttributes(json: string): Map<string, AttributeValue> {
  const parsed: unknown = JSON.parse(json);
  const attributes = new Map<string, AttributeValue>();
  if (typeof parsed !== 'object' || parsed === null) return attributes;
  for (const [name, value] of Object.entries(parsed)) {
    if (isAttributeValue(value)) attributes.set(name, value);
  }
  return attributes;
}

function isAttributeValue(value: unknown): value is AttributeValue {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
