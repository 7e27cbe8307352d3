/** What is known of one RPC. The generated tables are made of these rows. */
import type { MessageType } from './codec.js';

/** One RPC. */
export interface Rpc<Request, Response> {
  /** Full name of the service, such as `temporal.api.workflowservice.v1.WorkflowService`. */
  readonly service: string;
  readonly method: string;
  /** `/service/method`, as in the `:path` of a gRPC request. */
  readonly path: string;
  readonly request: MessageType<Request>;
  readonly response: MessageType<Response>;
  /** The call may be held open until there is something to answer; some methods do so only when the request asks. */
  readonly isLongPoll: boolean;
  /** The response is a stream of messages (only health `Watch`). */
  readonly isServerStream: boolean;
}

type MakeRow = <Request, Response>(
  method: string,
  request: MessageType<Request>,
  response: MessageType<Response>,
  kind?: 'long-poll' | 'server-stream',
) => Rpc<Request, Response>;

/** Makes the rows of one service. */
export const rpcOf =
  (service: string): MakeRow =>
  (method, request, response, kind) => ({
    service,
    method,
    path: `/${service}/${method}`,
    request,
    response,
    isLongPoll: kind === 'long-poll',
    isServerStream: kind === 'server-stream',
  });
