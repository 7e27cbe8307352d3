/** What all calls of one client share. */
import type { LoadedDataConverter } from '../conversion/data-converter.js';
import { withSerializationContext } from '../conversion/serialization-context.js';
import type { QueryRejectCondition } from '../conversion/workflow-options.js';
import type { ConnectionLike } from './connection.js';
import type { WorkflowClientInterceptor } from './interceptors.js';

export interface ClientContext {
  readonly connection: ConnectionLike;
  readonly namespace: string;
  /** Who asks, for histories: by default `pid@host`. */
  readonly identity: string;
  readonly dataConverter: LoadedDataConverter;
  readonly interceptors: readonly WorkflowClientInterceptor[];
  readonly queryRejectCondition: QueryRejectCondition;
}

/** The options of each client, with defaults and loaded converters. */
export type LoadedWorkflowClientOptions = ClientContext;
export type LoadedScheduleClientOptions = ClientContext;
export type LoadedAsyncCompletionClientOptions = ClientContext;

/** The data converter, told that it works for this workflow. */
export function converterFor({ dataConverter, namespace }: ClientContext, workflowId: string): LoadedDataConverter {
  return withSerializationContext(dataConverter, { type: 'workflow', namespace, workflowId });
}
