/**
 * The thinnest gRPC client that behaves: unary calls over one HTTP/2 connection. A driver must cost far less than the
 * server it drives, so there are no interceptors or retries here; a call fails with CallFailed or resolves.
 */
import type { Init, Rpc } from '@perdure/protocol';
import { Channel } from '@perdure/protocol/channel';

/** Official SDKs send a time-out with every call, and the reference takes no long poll without. */
const CALL = { timeoutMs: 30_000 };
const LONG_POLL = { timeoutMs: 70_000 };

export { CallFailed } from '@perdure/protocol/channel';

export class GrpcClient {
  readonly #channel: Channel;

  /** `address` is HOST:PORT, in clear text. */
  constructor(address: string) {
    this.#channel = new Channel({ address, userAgent: 'perdure-bench' });
  }

  call<Request, Response>(rpc: Rpc<Request, Response>, request: Init<Request>): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#channel.start(rpc.path, rpc.request.encode(request), rpc.isLongPoll ? LONG_POLL : CALL, (answer) => {
        if (answer.ok) resolve(rpc.response.decode(answer.bytes));
        else reject(answer);
      });
    });
  }

  close(): void {
    this.#channel.close();
  }
}
