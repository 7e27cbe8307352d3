/** Signals, queries and updates: definitions and handlers. */
import type { Anything } from '../../conversion/anything.js';
import { HandlerUnfinishedPolicy } from '../../conversion/workflow-types.js';
import type {
  QueryDefinition,
  QueryDefinitionOptions,
  SignalDefinition,
  SignalDefinitionOptions,
  UpdateDefinition,
  UpdateDefinitionOptions,
  WorkflowQueryType,
  WorkflowSignalType,
  WorkflowUpdateType,
  WorkflowUpdateValidatorType,
} from '../../conversion/workflow-types.js';
import type { EnhancedStackTrace } from '../runtime/stacks.js';
import { currentFrame } from '../runtime/async-context.js';
import type { UpdateInfo } from '../runtime/async-context.js';
import { requireRun } from '../runtime/current.js';
import type { DefaultQueryHandler, DefaultSignalHandler, DefaultUpdateHandler } from '../runtime/handlers.js';
import { checkReserved, ENHANCED_STACK_TRACE_QUERY, METADATA_QUERY, STACK_TRACE_QUERY } from '../runtime/reserved.js';
import type { Run } from '../runtime/run.js';

/** A signal by name, to be handled by workflows and sent by clients. @example defineSignal<[string]>('approve') */
export function defineSignal<Args extends Anything[] = [], Name extends string = string>(
  name: Name,
  _options?: SignalDefinitionOptions,
): SignalDefinition<Args, Name> {
  return { type: 'signal', name };
}

/** A query by name, with the type of its answer. @example defineQuery<number>('total') */
export function defineQuery<Ret, Args extends Anything[] = [], Name extends string = string>(
  name: Name,
  _options?: QueryDefinitionOptions,
): QueryDefinition<Ret, Args, Name> {
  return { type: 'query', name };
}

/** An update by name, with the type of its result. @example defineUpdate<number, [number]>('add') */
export function defineUpdate<Ret, Args extends Anything[] = [], Name extends string = string>(
  name: Name,
  _options?: UpdateDefinitionOptions,
): UpdateDefinition<Ret, Args, Name> {
  return { type: 'update', name };
}

/** Answers where the workflow waits, as text. */
export const stackTraceQuery = defineQuery<string>(STACK_TRACE_QUERY);
/** The same as data, with file and line. */
export const enhancedStackTraceQuery = defineQuery<EnhancedStackTrace>(ENHANCED_STACK_TRACE_QUERY);
/** Answers which handlers the workflow has, and its current details. */
export const workflowMetadataQuery = defineQuery<unknown>(METADATA_QUERY);

type Definition =
  SignalDefinition<Anything[]> | QueryDefinition<Anything, Anything[]> | UpdateDefinition<Anything, Anything[]>;

/** The handler that fits a definition. */
export type Handler<D extends Definition> =
  D extends UpdateDefinition<infer R, infer A>
    ? (...args: A) => R | Promise<R>
    : D extends SignalDefinition<infer A>
      ? (...args: A) => void | Promise<void>
      : D extends QueryDefinition<infer R, infer A>
        ? (...args: A) => R
        : never;

/** Arguments of what a definition names. */
export type ArgsOf<D extends Definition> = Parameters<Handler<D>>;

export interface QueryHandlerOptions {
  /** For people, shown by the UI. */
  description?: string | undefined;
}
export interface SignalHandlerOptions {
  /** For people, shown by the UI. */
  description?: string | undefined;
  /** Default WARN_AND_ABANDON. */
  unfinishedPolicy?: HandlerUnfinishedPolicy | undefined;
}
export interface UpdateHandlerOptions<Args extends Anything[]> extends SignalHandlerOptions {
  /** Throws to reject an update before it is in history. It must be synchronous and change nothing. */
  validator?: ((...args: Args) => void) | undefined;
}

/**
 * Sets the handler of a signal, query or update; undefined removes it. Signals and updates that came before are handled now.
 * Handlers of signals and updates may be async; one of a query must return its answer.
 *
 * @example
 * setHandler(addItem, (item) => void items.push(item));
 * setHandler(itemCount, () => items.length);
 * setHandler(checkout, async (card) => pay(card), { validator: (card) => assertValid(card) });
 */
export function setHandler<D extends QueryDefinition<Anything, Anything[]>>(
  definition: D,
  handler: Handler<D> | undefined,
  options?: QueryHandlerOptions,
): void;
export function setHandler<D extends SignalDefinition<Anything[]>>(
  definition: D,
  handler: Handler<D> | undefined,
  options?: SignalHandlerOptions,
): void;
export function setHandler<D extends UpdateDefinition<Anything, Anything[]>>(
  definition: D,
  handler: Handler<D> | undefined,
  options?: UpdateHandlerOptions<ArgsOf<D>>,
): void;
export function setHandler(
  definition: Definition,
  handler: ((...args: Anything[]) => Anything) | undefined,
  options: UpdateHandlerOptions<Anything[]> = {},
): void {
  const run = requireRun('setHandler()');
  checkDefinition(definition);
  checkReserved(definition.type, definition.name);
  checkHandler(handler, `${definition.type} '${definition.name}'`);
  setChecked(run, definition, handler, options);
}

function setChecked(
  { handlers }: Run,
  { type, name }: Definition,
  handler: WorkflowUpdateType | undefined,
  {
    description,
    validator,
    unfinishedPolicy = HandlerUnfinishedPolicy.WARN_AND_ABANDON,
  }: UpdateHandlerOptions<Anything[]>,
): void {
  switch (type) {
    case 'signal': {
      const own = handler as WorkflowSignalType | undefined;
      return handlers.setSignal(name, own && { handler: own, description, unfinishedPolicy });
    }
    case 'query': {
      const own = handler as WorkflowQueryType | undefined;
      return handlers.setQuery(name, own && { handler: own, description });
    }
    case 'update': {
      const check = validator as WorkflowUpdateValidatorType | undefined;
      return handlers.setUpdate(name, handler && { handler, validator: check, description, unfinishedPolicy });
    }
  }
}

function checkDefinition(definition: Definition | undefined): void {
  const type: unknown = definition?.type;
  if (type === 'signal' || type === 'query' || type === 'update') return;
  throw new TypeError(
    `Invalid definition type: ${String(type)}. The first argument of setHandler is what defineSignal, defineQuery or defineUpdate returned`,
  );
}

function checkHandler(handler: unknown, what: string): void {
  if (handler === undefined || handler === null || typeof handler === 'function') return;
  throw new TypeError(`Expected handler to be either a function or 'undefined'. Got: '${typeof handler}' for ${what}`);
}

/** Handles signals that have no handler of their own; those that wait come first. Undefined removes it. */
export function setDefaultSignalHandler(handler: DefaultSignalHandler | undefined): void {
  const run = requireRun('setDefaultSignalHandler()');
  checkHandler(handler, 'all signals');
  run.handlers.setDefaultSignal(handler ?? undefined);
}

/** Handles updates that have no handler of their own; those that wait come first. Undefined removes it. */
export function setDefaultUpdateHandler(handler: DefaultUpdateHandler | undefined): void {
  const run = requireRun('setDefaultUpdateHandler()');
  checkHandler(handler, 'all updates');
  run.handlers.setDefaultUpdate(handler ?? undefined);
}

/** Answers queries that have no handler of their own. Undefined removes it. */
export function setDefaultQueryHandler(handler: DefaultQueryHandler | undefined): void {
  const run = requireRun('setDefaultQueryHandler()');
  checkHandler(handler, 'all queries');
  run.handlers.defaultQuery = handler ?? undefined;
}

/**
 * Whether no handler of a signal or update is running. Wait for it before the end of a workflow and before continueAsNew.
 *
 * @example await condition(allHandlersFinished);
 */
export function allHandlersFinished(): boolean {
  return requireRun('allHandlersFinished()').handlers.areFinished;
}

/** The update whose handler (or validator) calls it; undefined elsewhere. */
export function currentUpdateInfo(): UpdateInfo | undefined {
  requireRun('currentUpdateInfo()');
  return currentFrame().update;
}
