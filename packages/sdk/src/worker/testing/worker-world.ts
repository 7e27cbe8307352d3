/** A server in this process, a client and a worker of it: what the tests of the worker share. */
import type { TestContext } from 'node:test';
import { createServer } from '@perdure/server';
import type { Server } from '@perdure/server';
import { Client } from '../../client/client.js';
import { Connection } from '../../client/connection.js';
import { bundleWorkflows } from '../../workflow/testing/realm-host.js';
import { Worker } from '../worker.js';
import type { WorkerOptions } from '../worker-options.js';
import { RealmSandbox } from './realm-sandbox.js';

export interface WorkerWorld {
  readonly server: Server;
  readonly connection: Connection;
  readonly client: Client;
  /** A worker of the queue `q`; `workflows`: source text of a module. */
  worker(options: Partial<WorkerOptions>, workflows?: string): Promise<Worker>;
  /** Of the last worker. */
  sandbox: RealmSandbox | undefined;
}

const bundles = new Map<string, Promise<string>>();

/** Everything is closed after the test. */
export async function workerWorld(t: TestContext, clientOptions: object = {}): Promise<WorkerWorld> {
  const server = await createServer({ port: 0 });
  t.after(() => server.close(0));
  const address = `${server.address?.host ?? ''}:${server.address?.port ?? 0}`;
  const connection = await Connection.connect({ address });
  t.after(() => connection.close());
  const world: WorkerWorld = {
    server,
    connection,
    client: new Client({ connection, ...clientOptions }),
    sandbox: undefined,
    async worker(options, workflows) {
      const bundle = workflows === undefined ? {} : { workflowBundle: { code: workflows } };
      return Worker.createWith({ connection, taskQueue: 'q', ...bundle, ...options }, async () => {
        const source = workflows ?? '';
        const code = bundles.get(source) ?? bundleWorkflows({ source });
        bundles.set(source, code);
        world.sandbox = new RealmSandbox(await code);
        return world.sandbox;
      });
    },
  };
  return world;
}
