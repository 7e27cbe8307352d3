// What the chaos tests need beside the server: the official SDK, here and for the example.
import { installHarness, run } from '../harness/install.mjs';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const example = fileURLToPath(new URL('../../examples/money-transfer/', import.meta.url));

export function prepareChaos() {
  installHarness();
  if (!existsSync(`${example}node_modules/@temporalio/worker`)) run('npm', ['ci', '--no-audit', '--no-fund'], example);
  run('npm', ['run', '--silent', 'build'], example);
}
