/** A server in this process, a client and a worker of it: what the tests of the worker share. */
import type { TestContext } from 'node:test';
import { createServer } from '@perdure/server';
import type { Server } from '@perdure/server';
import { Client } from '../../client/client.js';
import { Connection } from '../../client/connection.js';
import { openSandbox } from '../open-sandbox.js';
import { bundleFiles } from '../sandbox/testing/bundles.js';
import { Worker } from '../worker.js';
import type { WorkerOptions } from '../worker-options.js';
import { ObservedSandbox } from './observed-sandbox.js';

export interface WorkerWorld {
  readonly server: Server;
  readonly connection: Connection;
  readonly client: Client;
  /** A worker of the queue `q`; `workflows`: source text of a module. */
  worker(options: Partial<WorkerOptions>, workflows?: string): Promise<Worker>;
  /** Of the last worker. */
  sandbox: ObservedSandbox | undefined;
}

const bundles = new Map<string, Promise<string>>();

async function bundled(source: string): Promise<string> {
  const code = bundles.get(source) ?? bundleFiles({ 'workflows.ts': source }).then((bundle) => bundle.code);
  bundles.set(source, code);
  return code;
}

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
      const bundle = workflows === undefined ? {} : { workflowBundle: { code: await bundled(workflows) } };
      return Worker.createWith({ connection, taskQueue: 'q', ...bundle, ...options }, async (settings, logger) => {
        world.sandbox = new ObservedSandbox(await openSandbox(settings, logger));
        return world.sandbox;
      });
    },
  };
  return world;
}
