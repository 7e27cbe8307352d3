// The client: starts transfers, waits for them, prints results and the account book.
//
//   node dist/transfer.js [--count 1] [--amount 100] [--pause 0] [--to bob] [--id NAME]
//
// Environment: TEMPORAL_ADDRESS (default 127.0.0.1:7233), BANK_FOLDER (default ./bank). Exit code 1 when the books do not balance.
import { Client, Connection } from 'perdure/client';
import type { WorkflowHandle } from 'perdure/client';
import { parseArgs } from 'node:util';
import { openBank } from './bank.js';
import { taskQueue } from './transfer-types.js';
import type { Transfer } from './transfer-types.js';
import type { moneyTransfer } from './workflows.js';

const { values: flags } = parseArgs({
  options: {
    count: { type: 'string', default: '1' },
    amount: { type: 'string', default: '100' },
    pause: { type: 'string', default: '0' },
    to: { type: 'string', default: 'bob' },
    id: { type: 'string', default: `transfer-${Date.now().toString(36)}` },
  },
});

const openingCents = 1_000_000;
const bank = openBank(process.env['BANK_FOLDER'] ?? 'bank');
for (const account of ['alice', 'bob']) bank.open(account, openingCents);

const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233' });
try {
  await transferAll(new Client({ connection }));
} finally {
  await connection.close();
}

async function transferAll(client: Client): Promise<void> {
  const transfer: Transfer = {
    from: 'alice',
    to: flags.to,
    amountCents: Number(flags.amount),
    pauseMs: Number(flags.pause),
  };
  const ids = Array.from({ length: Number(flags.count) }, (_, i) =>
    Number(flags.count) === 1 ? flags.id : `${flags.id}-${i + 1}`,
  );
  const handles = await Promise.all(
    ids.map((workflowId) =>
      client.workflow.start<typeof moneyTransfer>('moneyTransfer', { workflowId, taskQueue, args: [transfer] }),
    ),
  );
  for (const handle of handles) console.log(`${handle.workflowId}: ${await outcomeOf(handle)}`);
  printBooks(ids);
}

/** The result, or why there is none: the innermost cause. */
async function outcomeOf(handle: WorkflowHandle): Promise<string> {
  const reason = (error: Error): string => (error.cause instanceof Error ? reason(error.cause) : error.message);
  return handle.result().then(JSON.stringify, (error: Error) => `failed: ${reason(error)}`);
}

/** Every transfer moved money once: its bookings cancel out. All accounts together hold what they were opened with. */
function printBooks(ids: readonly string[]): void {
  const bookings = bank.bookings();
  const moved = (id: string) =>
    bookings.filter(({ key }) => key.startsWith(`${id}/`)).reduce((sum, { amountCents }) => sum + amountCents, 0);
  const unbalanced = ids.filter((id) => moved(id) !== 0);
  console.log(`\nalice ${bank.balanceCents('alice') / 100}, bob ${bank.balanceCents('bob') / 100}`);
  console.log(unbalanced.length === 0 ? 'the books balance' : `the books do not balance: ${unbalanced.join(', ')}`);
  if (unbalanced.length > 0) process.exitCode = 1;
}
