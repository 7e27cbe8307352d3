/**
 * Tests that need a server of Temporal, for what ours does not serve yet: they run when PERDURE_REFERENCE names its address and
 * are skipped otherwise.
 */
import type { TestContext } from 'node:test';
import { Client } from './client.js';
import { Connection } from './connection.js';

const address = process.env['PERDURE_REFERENCE'];

/** Options of a test that needs the reference. */
export const onReference = { skip: address === undefined && 'needs PERDURE_REFERENCE=host:port', timeout: 60_000 };

export async function referenceClient(
  t: TestContext,
  options: ConstructorParameters<typeof Client>[0] = {},
): Promise<Client> {
  const connection = await Connection.connect({ address });
  t.after(() => connection.close());
  return new Client({ connection, ...options });
}

/** A name that no earlier run has used. */
export function unique(name: string): string {
  return `${name}-${Date.now().toString(36)}-${process.pid}`;
}
