/** Executions as lists and descriptions show them. */
import { enumShortName, Memo, SearchAttributes, UserMetadata, WorkflowExecutionStatusNames } from '@perdure/protocol';
import type {
  DescribeWorkflowExecutionResponse,
  WorkflowExecutionInfo as RawWorkflowExecutionInfo,
} from '@perdure/protocol';
import { decodePayloadMap, decodePayloads } from '../conversion/codec-pass.js';
import type { LoadedDataConverter } from '../conversion/data-converter.js';
import { payloadFromBytes, payloadMapFromWire } from '../conversion/payload.js';
import { mapFromPayloads } from '../conversion/payload-converter.js';
import { decodePriority } from '../conversion/priority.js';
import type { Priority } from '../conversion/priority.js';
import { searchAttributesFromPayloads } from '../conversion/search-attribute-payloads.js';
import { TypedSearchAttributes } from '../conversion/search-attributes.js';

export type { RawWorkflowExecutionInfo, DescribeWorkflowExecutionResponse };

export type WorkflowExecutionStatusName =
  | 'UNSPECIFIED'
  | 'RUNNING'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELLED'
  | 'TERMINATED'
  | 'CONTINUED_AS_NEW'
  | 'TIMED_OUT'
  | 'PAUSED'
  | 'UNKNOWN';

interface ExecutionId {
  readonly workflowId: string;
  readonly runId?: string | undefined;
}

export interface WorkflowExecutionInfo {
  readonly type: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly taskQueue: string;
  readonly status: { readonly code: number; readonly name: WorkflowExecutionStatusName };
  /** Events. */
  readonly historyLength: number;
  /** Bytes; undefined when the server does not say. */
  readonly historySize: number | undefined;
  readonly startTime: Date;
  /** When the first workflow task was due: later than the start after a delay or a back-off. */
  readonly executionTime: Date | undefined;
  readonly closeTime: Date | undefined;
  readonly memo: Record<string, unknown> | undefined;
  readonly typedSearchAttributes: TypedSearchAttributes;
  readonly parentExecution: Required<ExecutionId> | undefined;
  readonly rootExecution: Required<ExecutionId> | undefined;
  readonly priority: Priority | undefined;
  /** The message of the server, with all of its fields. */
  readonly raw: RawWorkflowExecutionInfo;
}

export interface WorkflowExecutionDescription extends Omit<WorkflowExecutionInfo, 'raw'> {
  readonly raw: DescribeWorkflowExecutionResponse;
  /** As given with the start. Decoded when asked for. */
  staticSummary(): Promise<string | undefined>;
  staticDetails(): Promise<string | undefined>;
}

export interface CountWorkflowExecution {
  readonly count: number;
  /** One for each value of the query's GROUP BY. */
  readonly groups: { readonly count: number; readonly groupValues: unknown[] }[];
}

const statusNames: ReadonlySet<string> = new Set<WorkflowExecutionStatusName>([
  'UNSPECIFIED',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'TERMINATED',
  'CONTINUED_AS_NEW',
  'TIMED_OUT',
  'PAUSED',
]);

/** The name of a status; UNKNOWN for one that is newer than this package. */
export function statusName(code: number): WorkflowExecutionStatusName {
  const name = enumShortName(WorkflowExecutionStatusNames, code);
  if (name === 'CANCELED') return 'CANCELLED';
  return statusNames.has(name) ? (name as WorkflowExecutionStatusName) : 'UNKNOWN';
}

export async function executionInfo(
  converter: LoadedDataConverter,
  raw: RawWorkflowExecutionInfo,
): Promise<WorkflowExecutionInfo> {
  const { execution, type, status, searchAttributes, memo, historySizeBytes, priority } = raw;
  return {
    type: type?.name ?? '',
    workflowId: execution?.workflowId ?? '',
    runId: execution?.runId ?? '',
    taskQueue: raw.taskQueue,
    status: { code: status, name: statusName(status) },
    historyLength: raw.historyLength,
    historySize: historySizeBytes || undefined,
    startTime: new Date(raw.startTime ?? 0),
    executionTime: optionalDate(raw.executionTime),
    closeTime: optionalDate(raw.closeTime),
    memo: memo && (await memoValues(converter, memo)),
    typedSearchAttributes: attributesOf(searchAttributes),
    parentExecution: executionId(raw.parentExecution),
    rootExecution: executionId(raw.rootExecution),
    priority: priority && decodePriority(priority),
    raw,
  };
}

export async function executionDescription(
  converter: LoadedDataConverter,
  raw: DescribeWorkflowExecutionResponse,
): Promise<WorkflowExecutionDescription> {
  if (raw.workflowExecutionInfo === undefined) throw new TypeError('the server described nothing');
  const info = await executionInfo(converter, raw.workflowExecutionInfo);
  const encoded = raw.executionConfig?.userMetadata;
  const metadata = encoded && UserMetadata.decode(encoded);
  return {
    ...info,
    raw,
    staticSummary: () => textOf(converter, metadata?.summary),
    staticDetails: () => textOf(converter, metadata?.details),
  };
}

export async function textOf(
  converter: LoadedDataConverter,
  bytes: Uint8Array | undefined,
): Promise<string | undefined> {
  if (bytes === undefined) return undefined;
  const [payload] = await decodePayloads(converter.payloadCodecs, [payloadFromBytes(bytes)]);
  return payload && converter.payloadConverter.fromPayload<string>(payload);
}

export async function memoValues(
  converter: LoadedDataConverter,
  bytes: Uint8Array,
): Promise<Record<string, unknown> | undefined> {
  const payloads = payloadMapFromWire(Memo.decode(bytes).fields);
  return mapFromPayloads(converter.payloadConverter, await decodePayloadMap(converter.payloadCodecs, payloads));
}

export function attributesOf(bytes: Uint8Array | undefined): TypedSearchAttributes {
  if (bytes === undefined) return new TypedSearchAttributes();
  return searchAttributesFromPayloads(payloadMapFromWire(SearchAttributes.decode(bytes).indexedFields));
}

function executionId(id: Required<ExecutionId> | undefined): Required<ExecutionId> | undefined {
  return id === undefined || id.workflowId === '' ? undefined : { workflowId: id.workflowId, runId: id.runId };
}

function optionalDate(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
