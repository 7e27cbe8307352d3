/** Errors that are the caller's to mend, or that tell of something missing. */
import { namedErrorClass } from './error-class.js';

/** A value was given that cannot be: the message says which, and what is accepted. */
export class ValueError extends Error {
  constructor(message: string | undefined, options?: { readonly cause?: unknown }) {
    super(message, options);
  }
}
namedErrorClass(ValueError, 'ValueError');

/** A payload cannot be turned into a value, or the other way round. */
export class PayloadConverterError extends ValueError {}
namedErrorClass(PayloadConverterError, 'PayloadConverterError');

/** An object is used in a state in which that is impossible, such as a closed connection. */
export class IllegalStateError extends Error {}
namedErrorClass(IllegalStateError, 'IllegalStateError');

/** There is no such Workflow Execution, or it has been closed and the call needs an open one. */
export class WorkflowNotFoundError extends Error {
  readonly workflowId: string;
  readonly runId: string | undefined;

  constructor(message: string, workflowId: string, runId: string | undefined, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.workflowId = workflowId;
    this.runId = runId;
  }
}
namedErrorClass(WorkflowNotFoundError, 'WorkflowNotFoundError');

/** The server has no namespace of this name. */
export class NamespaceNotFoundError extends Error {
  readonly namespace: string;

  constructor(namespace: string, options?: { readonly cause?: unknown }) {
    super(
      `The server has no namespace '${namespace}'. Create it (perdure operator namespace create --namespace ${namespace}) or set \`namespace\` in the client's options.`,
      options,
    );
    this.namespace = namespace;
  }
}
namedErrorClass(NamespaceNotFoundError, 'NamespaceNotFoundError');

/** Thrown by an activity that ends later, from outside of the worker: see `AsyncCompletionClient`. */
export class CompleteAsyncError extends Error {}
namedErrorClass(CompleteAsyncError, 'CompleteAsyncError');
