/** The types that tie clients to workflows: functions, signals, queries, updates. */

// What an untyped name takes and returns is for the caller to say: with `unknown` every call by name would need a cast.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Anything = any;

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
