/** The way to a server in the same process: calls without a socket. */
import { CallFailed } from '@perdure/protocol/channel';
import type { CallOptions } from '@perdure/protocol/channel';
import type { Server } from '@perdure/server';
import type { CallChannel } from '../client/connection.js';

type Result = Parameters<Parameters<Server['transport']['unary']>[2]>[0];

export class InProcessChannel implements CallChannel {
  readonly #transport: Server['transport'];
  readonly #running = new Set<() => void>();

  constructor(transport: Server['transport']) {
    this.#transport = transport;
  }

  async connect(): Promise<void> {}

  async call(path: string, request: Uint8Array, options: CallOptions): Promise<Uint8Array> {
    const { timeoutMs, metadata = [], signal } = options;
    return new Promise((resolve, reject) => {
      let isDone = false;
      let cancel = (): void => undefined;
      const done = (result: Result): void => {
        isDone = true;
        this.#running.delete(cancel);
        signal?.removeEventListener('abort', cancel);
        // The server's own bytes stay its own, whatever the application does with what it gets.
        if (result.ok) resolve(result.bytes.slice());
        else reject(new CallFailed(result.code, result.message, { statusDetails: result.statusDetails }));
      };
      const headers = Object.fromEntries(metadata);
      const call = this.#transport.unary(
        path,
        request,
        done,
        timeoutMs === undefined ? { headers } : { headers, timeoutMs },
      );
      // Some calls are answered at once.
      if (isDone) return;
      cancel = () => call.cancel();
      this.#running.add(cancel);
      signal?.addEventListener('abort', cancel, { once: true });
      if (signal?.aborted === true) cancel();
    });
  }

  /** Ends all running calls. */
  close(): void {
    for (const cancel of [...this.#running]) cancel();
  }
}
