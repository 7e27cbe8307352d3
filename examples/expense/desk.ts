// The web page of those who decide: POST /trip-7/approved.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Client } from 'perdure/client';

export interface Desk {
  /** Expense → token of the activity that waits for the decision. A database would keep them. */
  readonly waiting: Map<string, Uint8Array>;
  readonly server: Server;
}

export function openDesk(client: Client): Desk {
  const waiting = new Map<string, Uint8Array>();
  const server = createServer((request, response) => {
    const [, id = '', decision = ''] = (request.url ?? '').split('/');
    void decide(id, decision).then((code) => response.writeHead(code).end());
  });
  return { waiting, server };

  async function decide(id: string, decision: string): Promise<number> {
    const token = waiting.get(id);
    if (token === undefined || !['approved', 'rejected'].includes(decision)) return 404;
    await client.activity.complete(token, decision);
    waiting.delete(id);
    return 200;
  }
}
