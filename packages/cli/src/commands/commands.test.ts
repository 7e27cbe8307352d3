/** The commands against a Service in this process. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CommandType, workflowService } from '@perdure/protocol';
import { Channel } from '@perdure/protocol/channel';
import { createServer } from '@perdure/server';
import type { Server } from '@perdure/server';
import { Connection } from '../connection.js';
import { payloadsOf } from '../output/payload-text.js';
import { runCli } from '../testing/run-cli.js';
import type { ConnectionFlags } from '../spec.js';
import type { Printed } from '../testing/run-cli.js';

let server: Server;
let channel: Channel;
let client: Connection;
let env: Record<string, string>;

before(async () => {
  server = await createServer({ port: 0 });
  const address = `127.0.0.1:${server.address?.port ?? 0}`;
  env = { TEMPORAL_ADDRESS: address };
  channel = new Channel({ address });
  client = new Connection(channel, { address } as ConnectionFlags);
});

after(async () => {
  channel.close();
  await server.close();
});

const perdure = (...args: string[]): Promise<Printed> => runCli(args, env);

async function start(workflowId: string, ...more: string[]): Promise<void> {
  const { code, err } = await perdure(
    'workflow',
    'start',
    '--type',
    'order',
    '-t',
    'orders',
    '-w',
    workflowId,
    ...more,
  );
  assert.deepEqual([code, err], [0, '']);
}

/** Plays a worker for one workflow task. */
async function completeNext(taskQueue: string, result: string): Promise<void> {
  const task = await client.call(
    workflowService.PollWorkflowTaskQueue,
    { namespace: 'default', taskQueue: { name: taskQueue }, identity: 'worker-1' },
    10_000,
  );
  const command = {
    commandType: CommandType.COMPLETE_WORKFLOW_EXECUTION,
    attributes: { result: payloadsOf([result]) },
  };
  await client.call(
    workflowService.RespondWorkflowTaskCompleted,
    { namespace: 'default', taskToken: task.taskToken, identity: 'worker-1', commands: [command] },
    10_000,
  );
}

test('health', async () => {
  assert.deepEqual(await perdure('operator', 'cluster', 'health'), { code: 0, out: 'SERVING\n', err: '' });
});

test('start, list, describe, show', async () => {
  await start('o-1', '-i', '{"item":"book"}');
  const list = await perdure('workflow', 'list', '-q', "WorkflowId = 'o-1'");
  assert.match(
    list.out,
    /^STATUS +WORKFLOW ID +TYPE +STARTED +TOOK +TASK QUEUE\nRunning +o-1 +order +.* ago +orders\n$/,
  );
  const described = await perdure('workflow', 'describe', '-w', 'o-1');
  assert.match(described.out, /Status +Running\n/);
  assert.match(described.out, /Pending workflow task\n +State +Scheduled\n/);
  const shown = await perdure('workflow', 'show', '-w', 'o-1');
  assert.match(shown.out, /1 +\+0\.000s +WorkflowExecutionStarted +order\(\{"item":"book"\}\) +on orders/);
});

test('start as JSON names the run, and starting it again fails', async () => {
  const args = ['workflow', 'start', '--type', 'order', '-t', 'x', '-w', 'twice'];
  const first = JSON.parse((await perdure(...args, '-o', 'json')).out) as Record<string, string>;
  assert.match(first['runId'] ?? '', /^[0-9a-f-]{36}$/);
  const second = await perdure(...args);
  assert.equal(second.code, 1);
  assert.match(second.err, /already/);
});

test('result waits for a worker and prints what it returned', async () => {
  await start('o-2', '-t', 'results');
  const waiting = perdure('workflow', 'result', '-w', 'o-2');
  await completeNext('results', '{"paid":true}');
  assert.deepEqual(await waiting, { code: 0, out: '{"paid":true}\n', err: '' });
  const json = await perdure('workflow', 'result', '-w', 'o-2', '-o', 'json');
  assert.deepEqual(JSON.parse(json.out), {
    workflowId: 'o-2',
    namespace: 'default',
    status: 'COMPLETED',
    result: { paid: true },
  });
});

test('signal, cancel and terminate show in the history; the result is a failure', async () => {
  await start('o-3');
  assert.equal((await perdure('workflow', 'signal', '-w', 'o-3', '--name', 'approve', '-i', '"ann"')).code, 0);
  assert.equal((await perdure('workflow', 'cancel', '-w', 'o-3')).code, 0);
  assert.equal((await perdure('workflow', 'terminate', '-w', 'o-3', '--reason', 'wrong input')).code, 0);
  const { out } = await perdure('workflow', 'show', '-w', 'o-3');
  assert.match(out, /WorkflowExecutionSignaled +approve\("ann"\)/);
  assert.match(out, /WorkflowExecutionCancelRequested/);
  assert.match(out, /WorkflowExecutionTerminated +because wrong input/);
  const result = await perdure('workflow', 'result', '-w', 'o-3');
  assert.equal(result.code, 1);
  assert.match(result.err, /o-3 did not complete: TERMINATED\n {2}wrong input/);
});

test('show as JSON keeps payloads whole, describe shortens them', async () => {
  await start('o-4', '-i', '[1]');
  const history = JSON.parse((await perdure('workflow', 'show', '-w', 'o-4', '-o', 'json')).out) as {
    events: Record<string, unknown>[];
  };
  assert.equal(history.events[0]?.['eventType'], 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED');
  assert.ok(JSON.stringify(history).includes('anNvbi9wbGFpbg=='));
  const described = JSON.parse((await perdure('workflow', 'describe', '-w', 'o-4', '-o', 'json')).out) as {
    workflowExecutionInfo: { status: string };
  };
  assert.equal(described.workflowExecutionInfo.status, 'WORKFLOW_EXECUTION_STATUS_RUNNING');
});

test('list stops at its limit', async () => {
  await Promise.all(['l-1', 'l-2', 'l-3'].map((id) => start(id, '--type', 'limited')));
  const { out } = await perdure('workflow', 'list', '-q', 'WorkflowType = "limited"', '--limit', '2', '-o', 'json');
  assert.equal((JSON.parse(out) as unknown[]).length, 2);
});

test('task queue', async () => {
  await start('o-5', '-t', 'busy');
  const { code, out } = await perdure('task-queue', 'describe', '-t', 'busy');
  assert.equal(code, 0);
  assert.match(out, /workflow +1 /);
  assert.match(out, /No worker has asked/);
});

test('namespaces', async () => {
  assert.equal((await perdure('operator', 'namespace', 'create', '-n', 'shop', '--retention', '7d')).code, 0);
  assert.match((await perdure('operator', 'namespace', 'list')).out, /shop +Registered +7d/);
  assert.match((await perdure('operator', 'namespace', 'describe', '-n', 'shop')).out, /Retention +7d/);
});

test('exit codes', async () => {
  const missing = await perdure('workflow', 'describe', '-w', 'nobody');
  assert.deepEqual([missing.code, /nobody/.test(missing.err)], [4, true]);
  const noNamespace = await perdure('workflow', 'list', '-n', 'nowhere');
  assert.equal(noNamespace.code, 4);
  assert.match(noNamespace.err, /operator namespace create -n nowhere/);
  const badQuery = await perdure('workflow', 'list', '-q', 'Nope = 1');
  assert.equal(badQuery.code, 1);
  await start('o-6');
  const late = await perdure('workflow', 'result', '-w', 'o-6', '--command-timeout', '100ms');
  assert.equal(late.code, 5);
});

test('nothing listens: exit code 6 and what to do', async () => {
  const { code, err } = await runCli(['workflow', 'list', '--address', '127.0.0.1:1']);
  assert.equal(code, 6);
  assert.match(err, /Nothing listens at 127\.0\.0\.1:1\.\nStart a Service with/);
});
