/** The class of an error from the gRPC status of a call. */
import { NamespaceNotFoundFailure, StatusCode } from '@perdure/protocol';
import { NamespaceNotFoundError, WorkflowNotFoundError } from '../conversion/errors.js';
import type { WorkflowExecution } from '../conversion/workflow-types.js';
import { ServiceError } from './errors.js';
import { isGrpcServiceError, statusDetail } from './grpc-error.js';

/** What is thrown instead of `thrown`: a class of its own where there is one, a ServiceError for any other status. */
export function serviceError(thrown: unknown, what: string, execution?: WorkflowExecution): unknown {
  if (!isGrpcServiceError(thrown)) return thrown;
  const missing = namespaceError(thrown);
  if (missing !== undefined) return missing;
  if (thrown.code === StatusCode.NOT_FOUND && execution !== undefined) {
    const { workflowId, runId } = execution;
    return new WorkflowNotFoundError(notFoundText(thrown.details, execution), workflowId, runId || undefined, {
      cause: thrown,
    });
  }
  return new ServiceError(`${what}: ${thrown.message}`, { cause: thrown });
}

function notFoundText(details: string, { workflowId, runId }: WorkflowExecution): string {
  const name = `'${workflowId}'${runId ? ` (run ${runId})` : ''}`;
  if (/already completed/.test(details))
    return `The workflow execution ${name} is closed: the call needs one that is running`;
  if (/workflow|execution/i.test(details)) {
    return `There is no workflow execution ${name} in this namespace: the id is wrong, or it was closed longer ago than the namespace keeps it`;
  }
  return details;
}

/** When it is the namespace that is missing. */
function namespaceError(thrown: unknown): NamespaceNotFoundError | undefined {
  if (!isGrpcServiceError(thrown) || thrown.code !== StatusCode.NOT_FOUND) return undefined;
  const detail = statusDetail(thrown, NamespaceNotFoundFailure);
  return detail && new NamespaceNotFoundError(detail.namespace, { cause: thrown });
}

/** Runs a call; what it throws is translated. */
export async function translated<T>(what: string, call: () => Promise<T>, execution?: WorkflowExecution): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw serviceError(thrown, what, execution);
  }
}
