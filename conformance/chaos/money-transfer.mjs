// The money-transfer example, its programs unmodified: killed in the middle, it moves the money once.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, watch } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connect } from '../wire/client.mjs';
import { startDevServer } from './dev-server.mjs';
import { startProgram } from './processes.mjs';

const example = fileURLToPath(new URL('../../examples/money-transfer/', import.meta.url));

export const name = 'money transfer: worker, then server killed with -9 between withdraw and deposit';

export async function run({ folder }) {
  const server = await startDevServer({ dbFilename: `${folder}/transfers.db` });
  try {
    await betweenTheSteps(programsOf(server, `${folder}/bank-1`), server);
    await beforeTheReport(programsOf(server, `${folder}/bank-2`));
    await serverToo(programsOf(server, `${folder}/bank-3`), server);
  } finally {
    await server.kill('SIGKILL');
  }
}

/** Withdraw is reported, deposit not begun. */
async function betweenTheSteps({ worker, transfer, booked, checkBooks }, server) {
  const first = await worker();
  const client = transfer('between', ['--pause', '3000']);
  await booked('between/withdraw');
  await pauseBegun(server, 'between');
  await first.kill();
  await worker().then((second) => checkBooks(client, 'between').finally(() => second.kill()));
}

/** Withdraw is booked and never reported: it is tried again, and the bank knows its key. */
async function beforeTheReport({ worker, transfer, booked, checkBooks }) {
  const first = await worker({ BANK_ANSWERS_AFTER_MS: '60000' });
  const client = transfer('unreported');
  await booked('unreported/withdraw');
  await first.kill();
  const second = await worker();
  const output = await checkBooks(client, 'unreported').finally(() => second.kill());
  assert.match(output, /→ "repeated"/, 'the second attempt met the booking of the first');
}

/** Worker first, then the server; both come back. */
async function serverToo({ worker, transfer, booked, checkBooks }, server) {
  const first = await worker();
  const client = transfer('both', ['--pause', '3000', '--count', '20']);
  await booked('both-20/withdraw');
  await first.kill();
  await server.kill('SIGKILL');
  await server.restart();
  await worker().then((second) => checkBooks(client, 'both', 20).finally(() => second.kill()));
}

function programsOf(server, bank) {
  mkdirSync(bank);
  const env = { TEMPORAL_ADDRESS: server.address, BANK_FOLDER: bank };
  return {
    async worker(extra = {}) {
      const program = startProgram(['dist/worker.js'], { cwd: example, env: { ...env, ...extra } });
      await program.printed(/waits for transfers/);
      return program;
    },
    transfer: (id, flags = []) => startProgram(['dist/transfer.js', '--id', id, ...flags], { cwd: example, env }),
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
