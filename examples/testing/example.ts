// Every example runs twice: in this process with a clock that jumps, and on a real server over the wire, where each run is
// forgotten and replayed after every task. Checks of code and of replay come for free.
import { test } from 'node:test';
import { createServer } from '@perdure/server';
import type { Client } from 'perdure/client';
import { TestWorkflowEnvironment } from 'perdure/testing';
import { DefaultLogger, Runtime, Worker } from 'perdure/worker';
import type { WorkerOptions } from 'perdure/worker';

export interface Stage {
  readonly client: Client;
  readonly taskQueue: string;
  /** Where long waits are real: pass short ones there. */
  readonly isRealTime: boolean;
  /** An id of this test's own. */
  id(suffix?: string): string;
  /** A further worker for the life of a promise. */
  work<T>(options: Partial<WorkerOptions>, until: Promise<T> | (() => Promise<T>)): Promise<T>;
  /** Lets time pass, also while something runs. */
  pass(ms: number): Promise<void>;
  /** For a client with options of its own. */
  readonly connection: TestWorkflowEnvironment['connection'];
}

Runtime.install({ logger: new DefaultLogger('ERROR') });

type Options = Partial<WorkerOptions> | ((stage: Stage) => Partial<WorkerOptions>);

/** Registers both tests. A worker with `options` runs while `play` does. */
export function example(name: string, options: Options, play: (stage: Stage) => Promise<void>): void {
  test(`${name}, in process`, async () => {
    const environment = await TestWorkflowEnvironment.createTimeSkipping();
    await perform(environment, false, options, play);
  });
  test(`${name}, on a server, replayed after every task`, async () => {
    const server = await createServer({ port: 0 });
    const address = `127.0.0.1:${server.address?.port}`;
    const environment = await TestWorkflowEnvironment.createFromExistingServer({ address });
    await perform(environment, true, options, play).finally(() => server.close(0));
  });
}

let plays = 0;

async function perform(
  environment: TestWorkflowEnvironment,
  isRealTime: boolean,
  options: Options,
  play: (stage: Stage) => Promise<void>,
): Promise<void> {
  const taskQueue = `example-${process.pid}-${++plays}`;
  const work: Stage['work'] = async (more, until) => {
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue,
      ...(isRealTime && { maxCachedWorkflows: 0 }),
      ...more,
    });
    return worker.runUntil(until);
  };
  const { client, connection } = environment;
  const stage: Stage = {
    client,
    connection,
    taskQueue,
    isRealTime,
    pass: (ms) => environment.advance(ms),
    id: (suffix = 'run') => `${taskQueue}-${suffix}`,
    work,
  };
  try {
    await work(typeof options === 'function' ? options(stage) : options, () => play(stage));
  } finally {
    await environment.teardown();
  }
}

/** The path of a module beside the test, for `workflowsPath`. */
export function beside(url: string, file = 'workflows.js'): string {
  return new URL(file, url).pathname;
}
