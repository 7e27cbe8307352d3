/** The fields that starts, signal-with-starts and update-with-starts have in common. */
import { randomUUID } from 'node:crypto';
import { Header, Memo, SearchAttributes, UserMetadata } from '@perdure/protocol';
import type { Init, StartWorkflowExecutionRequest } from '@perdure/protocol';
import { encodePayloadMap, encodePayloads, valuesToBytes } from '../conversion/codec-pass.js';
import type { LoadedDataConverter } from '../conversion/data-converter.js';
import type { Headers } from '../conversion/payload.js';
import { payloadMapToWire, payloadToBytes } from '../conversion/payload.js';
import { mapToPayloads } from '../conversion/payload-converter.js';
import { compilePriority } from '../conversion/priority.js';
import { compileRetryPolicy } from '../conversion/retry-policy.js';
import { searchAttributesToPayloads } from '../conversion/search-attribute-payloads.js';
import { encodeVersioningOverride } from '../conversion/versioning.js';
import { encodeWorkflowIdConflictPolicy, encodeWorkflowIdReusePolicy } from '../conversion/workflow-options.js';
import { converterFor } from './context.js';
import type { ClientContext } from './context.js';
import type { CompiledWorkflowOptions } from './options.js';

/** The whole request, but for what only one of the calls has. The request id makes repeated attempts one start. */
export async function startRequest(
  context: ClientContext,
  workflowType: string,
  headers: Headers,
  options: CompiledWorkflowOptions,
): Promise<Init<StartWorkflowExecutionRequest>> {
  const { namespace, identity } = context;
  const converter = converterFor(context, options.workflowId);
  const { memo, typedSearchAttributes, retry, priority, versioningOverride } = options;
  return {
    namespace,
    identity,
    requestId: randomUUID(),
    workflowId: options.workflowId,
    workflowType: { name: workflowType },
    taskQueue: { name: options.taskQueue, kind: 1 },
    input: await valuesToBytes(converter, options.args),
    workflowExecutionTimeout: options.workflowExecutionTimeout,
    workflowRunTimeout: options.workflowRunTimeout,
    workflowTaskTimeout: options.workflowTaskTimeout,
    workflowStartDelay: options.startDelay,
    workflowIdReusePolicy: encodeWorkflowIdReusePolicy(options.workflowIdReusePolicy),
    workflowIdConflictPolicy: encodeWorkflowIdConflictPolicy(options.workflowIdConflictPolicy),
    cronSchedule: options.cronSchedule,
    retryPolicy: retry && compileRetryPolicy(retry),
    priority: priority && compilePriority(priority),
    versioningOverride: versioningOverride && encodeVersioningOverride(versioningOverride),
    memo: memo && (await memoBytes(converter, memo)),
    searchAttributes:
      typedSearchAttributes &&
      SearchAttributes.encode({ indexedFields: payloadMapToWire(searchAttributesToPayloads(typedSearchAttributes)) }),
    header: headerBytes(headers),
    userMetadata: await userMetadataBytes(converter, options.staticSummary, options.staticDetails),
  };
}

async function memoBytes(converter: LoadedDataConverter, memo: Record<string, unknown>): Promise<Uint8Array> {
  const payloads = await encodePayloadMap(converter.payloadCodecs, mapToPayloads(converter.payloadConverter, memo));
  return Memo.encode({ fields: payloadMapToWire(payloads) });
}

/** Headers as they are: their payloads are the interceptors' own. Undefined when there are none. */
export function headerBytes(headers: Headers): Uint8Array | undefined {
  return Object.keys(headers).length === 0 ? undefined : Header.encode({ fields: payloadMapToWire(headers) });
}

async function userMetadataBytes(
  converter: LoadedDataConverter,
  summary: string | undefined,
  details: string | undefined,
): Promise<Uint8Array | undefined> {
  if (summary === undefined && details === undefined) return undefined;
  return UserMetadata.encode({
    summary: await textBytes(converter, summary),
    details: await textBytes(converter, details),
  });
}

async function textBytes(converter: LoadedDataConverter, text: string | undefined): Promise<Uint8Array | undefined> {
  if (text === undefined) return undefined;
  const [payload] = await encodePayloads(converter.payloadCodecs, [converter.payloadConverter.toPayload(text)]);
  return payload && payloadToBytes(payload);
}
