/** ShutdownWorker. */
import type { ShutdownWorkerRequest, ShutdownWorkerResponse } from '@perdure/protocol';
import type { NamespaceRecord } from '../engine/messages.js';
import { asNothing, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';

export function shutdownWorker(
  request: ShutdownWorkerRequest,
  _context: ApiContext,
  namespace: NamespaceRecord,
): Plan<ShutdownWorkerResponse> {
  return ask({ kind: 'shutdownWorker', namespaceId: namespace.id, request }, asNothing);
}
