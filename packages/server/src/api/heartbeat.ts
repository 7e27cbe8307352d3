/** RecordActivityTaskHeartbeat, by token and by id. */
import type {
  RecordActivityTaskHeartbeatByIdRequest,
  RecordActivityTaskHeartbeatRequest,
  RecordActivityTaskHeartbeatResponse,
  TaskToken,
} from '@perdure/protocol';
import { isRejection } from '../core/rejection.js';
import type { NamespaceRecord } from '../engine/messages.js';
import { asAnswered, ask } from './contract.js';
import type { ApiContext, Plan } from './contract.js';
import { activityById } from './respond-activity.js';

export function heartbeat(
  request: RecordActivityTaskHeartbeatRequest,
  _context: ApiContext,
  _namespace: NamespaceRecord,
  token: TaskToken,
): Plan<RecordActivityTaskHeartbeatResponse> {
  return ask({ kind: 'activityHeartbeat', target: { by: 'token', token }, request }, asAnswered);
}

export function heartbeatById(
  request: RecordActivityTaskHeartbeatByIdRequest,
  _context: ApiContext,
  namespace: NamespaceRecord,
): Plan<RecordActivityTaskHeartbeatResponse> {
  const target = activityById(request, namespace);
  return isRejection(target) ? target : ask({ kind: 'activityHeartbeat', target, request }, asAnswered);
}
