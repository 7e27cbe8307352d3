// The money-transfer example, on our SDK and, its programs unmodified, on the official one: killed in the middle, it moves the
// money once.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, watch } from 'node:fs';
import { connect } from '../wire/client.mjs';
import { startDevServer } from './dev-server.mjs';
import { startProgram } from './processes.mjs';

export const name = 'money transfer: worker, then server killed with -9 between withdraw and deposit';

export async function run({ folder, transfers }) {
  const server = await startDevServer({ dbFilename: `${folder}/transfers.db` });
  try {
    for (const [sdk, programs] of Object.entries(transfers)) {
      const place = (id) => programsOf(programs, server, `${sdk}-${id}`, folder);
      await betweenTheSteps(place('between'), server);
      await beforeTheReport(place('unreported'), server);
      await serverToo(place('both'), server);
    }
  } finally {
    await server.kill('SIGKILL');
  }
}

/** Withdraw is reported, deposit not begun. */
async function betweenTheSteps({ id, worker, transfer, booked, checkBooks }, server) {
  const first = await worker();
  const client = transfer(id, ['--pause', '3000']);
  await booked(`${id}/withdraw`);
  await pauseBegun(server, id);
  await first.kill();
  await worker().then((second) => checkBooks(client, id).finally(() => second.kill()));
}

/** Withdraw is booked and never reported: it is tried again, and the bank knows its key. */
async function beforeTheReport({ id, worker, transfer, booked, checkBooks }, server) {
  const first = await worker({ BANK_ANSWERS_AFTER_MS: '60000' });
  const client = transfer(id);
  await booked(`${id}/withdraw`);
  await first.kill();
  const second = await worker();
  await checkBooks(client, id).finally(() => second.kill());
  assert.deepEqual(
    await resultsOfSteps(server, id),
    ['"repeated"', '"booked"'],
    'the second attempt met the first one',
  );
}

/** Worker first, then the server; both come back. */
async function serverToo({ id, worker, transfer, booked, checkBooks }, server) {
  const first = await worker();
  const client = transfer(id, ['--pause', '3000', '--count', '20']);
  await booked(`${id}-20/withdraw`);
  await first.kill();
  await server.kill('SIGKILL');
  await server.restart();
  await worker().then((second) => checkBooks(client, id, 20).finally(() => second.kill()));
}

/** `id` is that of the transfer, and of the bank in `folder`. */
function programsOf(programs, server, id, folder) {
  const bank = `${folder}/${id}`;
  mkdirSync(bank);
  const env = { TEMPORAL_ADDRESS: server.address, BANK_FOLDER: bank };
  return {
    id,
    async worker(extra = {}) {
      const program = startProgram([`${programs}/worker.js`], { env: { ...env, ...extra } });
      await program.printed(/waits for transfers/);
      return program;
    },
    transfer: (transferId, flags = []) =>
      startProgram([`${programs}/transfer.js`, '--id', transferId, ...flags], { env }),
    booked: (key) => fileThere(bank, `${encodeURIComponent(key)}.json`),
    checkBooks,
  };
}

/** The client ended well, every transfer is done, and the money of all of them moved once. Resolves to the client's output. */
async function checkBooks(client, id, count = 1) {
  const { code } = await client.ended;
  const { output } = client;
  assert.equal(code, 0, output);
  assert.equal(output.match(/: \{"state":"done"\}/g)?.length, count, output);
  assert.match(
    output,
    new RegExp(`alice ${10_000 - count}, bob ${10_000 + count}\\nthe books balance`),
    `${id}: ${output}`,
  );
  return output;
}

/** Resolves when the history has the timer of the pause. */
async function pauseBegun({ address }, workflowId) {
  const server = connect(address);
  try {
    let nextPageToken;
    for (let isThere = false; !isThere;) {
      const request = { namespace: 'default', execution: { workflowId }, waitNewEvent: true, nextPageToken };
      const page = await server.call('GetWorkflowExecutionHistory', request, { deadlineMs: 60_000 });
      isThere = page.history?.events?.some(({ eventType }) => eventType === 'EVENT_TYPE_TIMER_STARTED');
      nextPageToken = Buffer.from(page.nextPageToken ?? '', 'base64');
    }
  } finally {
    server.close();
  }
}

/** What the activities of a closed run returned, in order. */
async function resultsOfSteps({ address }, workflowId) {
  const server = connect(address);
  try {
    const request = { namespace: 'default', execution: { workflowId } };
    const { history } = await server.call('GetWorkflowExecutionHistory', request);
    return history.events.flatMap(({ activityTaskCompletedEventAttributes: completed }) =>
      completed ? [Buffer.from(completed.result.payloads[0].data, 'base64').toString()] : [],
    );
  } finally {
    server.close();
  }
}

async function fileThere(folder, file) {
  const changes = watch(folder);
  try {
    await new Promise((resolve, reject) => {
      const look = () => existsSync(`${folder}/${file}`) && resolve();
      changes.on('change', look).on('error', reject);
      look();
    });
  } finally {
    changes.close();
  }
}
