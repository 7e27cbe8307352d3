/** What lies on the server's disk when a client and a worker encrypt: no word of what they said. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { CommandType, Failure } from '@perdure/protocol';
import type { Init, RespondWorkflowTaskCompletedRequest } from '@perdure/protocol';
import { createServer } from '@perdure/server';
import { Client, Connection, WorkflowFailedError } from '../client/index.js';
import { loadDataConverter } from '../client/load-data-converter.js';
import { accepted, addressOf, workflowTask } from '../client/world.test.js';
import { errorToFailureBytes, valuesToBytes } from '../conversion/codec-pass.js';
import type { DataConverter } from '../conversion/data-converter.js';
import { ApplicationFailure } from '../conversion/failure.js';
import { encryptedDataConverter } from './index.js';

type Command = NonNullable<Init<RespondWorkflowTaskCompletedRequest>['commands']>[number];

/** All that passes through a server, each thing with a word of its own. */
const words = [
  'w-argument',
  'w-memo',
  'w-summary',
  'w-signal',
  'w-query-argument',
  'w-query-answer',
  'w-update',
  'w-update-result',
  'w-activity-argument',
  'w-heartbeat',
  'w-activity-failure',
  'w-activity-detail',
  'w-cause',
  'w-marker',
  'w-failure',
  'w-result',
];

/** Lets all of it happen, by hand, and answers with the words that are found in the server's files. */
async function wordsOnDisk(t: TestContext, dataConverter: DataConverter | undefined): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ciphertext-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const server = await createServer({ port: 0, dbFilename: join(folder, 'server.db') });
  const contents = (): Buffer[] => readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  const connection = await Connection.connect({ address: addressOf(server) });
  const client = new Client({ connection, dataConverter });
  const files: Buffer[] = [];
  try {
    await everything(client, connection, dataConverter);
    files.push(...contents());
  } finally {
    await connection.close();
    await server.close(0);
  }
  files.push(...contents());
  return words.filter((word) => files.some((file) => file.includes(word)));
}

async function everything(client: Client, connection: Connection, options: DataConverter | undefined): Promise<void> {
  const world = { connection } as Parameters<typeof workflowTask>[0];
  const converter = loadDataConverter(options);
  const value = async (word: string): Promise<Uint8Array> => (await valuesToBytes(converter, [{ word }]))!;
  const failure = async (message: string, detail: string, cause: string): Promise<Uint8Array> =>
    errorToFailureBytes(converter, ApplicationFailure.create({ message, details: [detail], cause: new Error(cause) }));
  const start = { taskQueue: 'q', memo: { m: 'w-memo' }, staticSummary: 'w-summary' };
  const handle = await client.workflow.start('t', { ...start, workflowId: 'w', args: ['w-argument'] });
  await handle.signal('s', 'w-signal');
  const schedule = {
    commandType: CommandType.SCHEDULE_ACTIVITY_TASK,
    attributes: {
      activityId: 'a',
      activityType: { name: 'a' },
      taskQueue: { name: 'q' },
      startToCloseTimeout: 60_000,
      input: await value('w-activity-argument'),
      retryPolicy: { initialInterval: 3_600_000 },
    },
  } as Command;
  const marker = {
    commandType: CommandType.RECORD_MARKER,
    attributes: { markerName: 'm', details: new Map([['d', await value('w-marker')]]) },
  } as Command;
  await workflowTask(world, () => ({ commands: [schedule, marker] }));

  const poll = { namespace: 'default', taskQueue: { name: 'q' }, identity: 'hand' };
  const { taskToken } = await connection.workflowService.pollActivityTaskQueue(poll);
  await client.activity.heartbeat(taskToken, 'w-heartbeat');
  await client.activity.fail(
    taskToken,
    ApplicationFailure.create({
      message: 'w-activity-failure',
      details: ['w-activity-detail'],
      cause: new Error('w-cause'),
    }),
  );

  const query = handle.query('q', 'w-query-argument');
  const asked = await connection.workflowService.pollWorkflowTaskQueue(poll);
  await connection.workflowService.respondQueryTaskCompleted({
    namespace: 'default',
    taskToken: asked.taskToken,
    completedType: 1,
    queryResult: await value('w-query-answer'),
  });
  assert.deepEqual(await query, { word: 'w-query-answer' });

  const update = handle.executeUpdate('u', { args: ['w-update'] });
  await workflowTask(world, async (task) => accepted(task, { success: await value('w-update-result') }));
  assert.deepEqual(await update, { word: 'w-update-result' });

  const other = await client.workflow.start('t', { ...start, workflowId: 'v' });
  await workflowTask(world, async () => {
    const attributes = { failure: await failure('w-failure', 'w-failure', 'w-failure') };
    assert.ok(Failure.decode(attributes.failure).applicationFailureInfo);
    return { commands: [{ commandType: CommandType.FAIL_WORKFLOW_EXECUTION, attributes } as Command] };
  });
  await assert.rejects(other.result(), (error) => {
    return error instanceof WorkflowFailedError && (error.cause as Error).message === 'w-failure';
  });
  await handle.signal('end');
  await workflowTask(world, async () => {
    const attributes = { result: await value('w-result') };
    return { commands: [{ commandType: CommandType.COMPLETE_WORKFLOW_EXECUTION, attributes } as Command] };
  });
  assert.deepEqual(await handle.result(), { word: 'w-result' });
  assert.deepEqual((await handle.describe()).memo, { m: 'w-memo' });
}

test('the database holds no clear text', async (t) => {
  const key = randomBytes(32);
  assert.deepEqual(await wordsOnDisk(t, encryptedDataConverter({ keys: { key }, currentKeyId: 'key' })), []);
});

test('without encryption the same search finds what is stored', async (t) => {
  const found = await wordsOnDisk(t, undefined);
  const passing = words.filter((word) => !found.includes(word));
  // Queries are answered from memory.
  assert.deepEqual(passing, ['w-query-argument', 'w-query-answer']);
});
