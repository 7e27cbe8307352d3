/** The types that tie clients to workflows: functions, signals, queries, updates. */

import type { Anything } from './anything.js';

/** A workflow function. */
export type Workflow = (...args: Anything[]) => Promise<Anything>;
export type WorkflowReturnType = Promise<Anything>;
/** What the promise of a workflow function is of. */
export type WorkflowResultType<W extends Workflow> = Awaited<ReturnType<W>>;

/** Options with the arguments that the workflow takes; they may be left out only if it takes none. */
export type WithWorkflowArgs<W extends Workflow, T> = T &
  (Parameters<W> extends [Anything, ...Anything[]]
    ? { args: Parameters<W> | Readonly<Parameters<W>> }
    : { args?: Parameters<W> | Readonly<Parameters<W>> });

declare const argsBrand: unique symbol;
declare const returnBrand: unique symbol;

/** A signal by name, with the types of its arguments. Made by `defineSignal`. */
export interface SignalDefinition<Args extends Anything[] = [], Name extends string = string> {
  readonly type: 'signal';
  readonly name: Name;
  readonly [argsBrand]?: Args;
}

/** A query by name, with the types of its arguments and answer. Made by `defineQuery`. */
export interface QueryDefinition<Ret, Args extends Anything[] = [], Name extends string = string> {
  readonly type: 'query';
  readonly name: Name;
  readonly [argsBrand]?: Args;
  readonly [returnBrand]?: Ret;
}

/** An update by name, with the types of its arguments and result. Made by `defineUpdate`. */
export interface UpdateDefinition<Ret, Args extends Anything[] = [], Name extends string = string> {
  readonly type: 'update';
  readonly name: Name;
  readonly [argsBrand]?: Args;
  readonly [returnBrand]?: Ret;
}

/** What all handles of executions have. */
export interface BaseWorkflowHandle<W extends Workflow> {
  /** The result; rejects when the execution does not complete. */
  result(): Promise<WorkflowResultType<W>>;
  signal<Args extends Anything[] = [], Name extends string = string>(
    definition: SignalDefinition<Args, Name> | string,
    ...args: Args
  ): Promise<void>;
  readonly workflowId: string;
}

/** An execution, or the newest one of its id. */
export interface WorkflowExecution {
  workflowId: string;
  /** The newest run when absent. */
  runId?: string | undefined;
}

/** Options of `defineSignal`. None yet. */
export type SignalDefinitionOptions = Record<string, never>;
/** Options of `defineQuery`. None yet. */
export type QueryDefinitionOptions = Record<string, never>;
/** Options of `defineUpdate`. None yet. */
export type UpdateDefinitionOptions = Record<string, never>;

/** What a workflow that ends does about handlers that are still running. */
export const HandlerUnfinishedPolicy = {
  /** A warning is logged. The default. */
  WARN_AND_ABANDON: 'WARN_AND_ABANDON',
  /** Nothing. */
  ABANDON: 'ABANDON',
} as const;
export type HandlerUnfinishedPolicy = (typeof HandlerUnfinishedPolicy)[keyof typeof HandlerUnfinishedPolicy];

/** Handlers as users write them. */
export type WorkflowSignalType = (...args: Anything[]) => Promise<void> | void;
export type WorkflowQueryType = (...args: Anything[]) => Anything;
export type WorkflowUpdateType = (...args: Anything[]) => Anything;
export type WorkflowUpdateValidatorType = (...args: Anything[]) => void;

/** Handlers with what was said about them. */
export interface WorkflowSignalAnnotatedType {
  handler: WorkflowSignalType;
  unfinishedPolicy: HandlerUnfinishedPolicy;
  description?: string | undefined;
}
export interface WorkflowQueryAnnotatedType {
  handler: WorkflowQueryType;
  description?: string | undefined;
}
export interface WorkflowUpdateAnnotatedType {
  handler: WorkflowUpdateType;
  unfinishedPolicy: HandlerUnfinishedPolicy;
  validator?: WorkflowUpdateValidatorType | undefined;
  description?: string | undefined;
}

/** An activity function. */
export type ActivityFunction<Args extends Anything[] = Anything[], Result = Anything> = (
  ...args: Args
) => Promise<Result>;
/** Activities by name, of any type. */
export type UntypedActivities = Record<string, ActivityFunction>;
