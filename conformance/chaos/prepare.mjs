// What the chaos tests need beside the server: the official SDK, and the money-transfer example on ours and on the official one.
import { fileURLToPath } from 'node:url';
import { installHarness, officialMoneyTransfer, run } from '../harness/install.mjs';

const example = fileURLToPath(new URL('../../examples/money-transfer/', import.meta.url));

/** Answers where the example's compiled programs are. */
export function prepareChaos() {
  installHarness();
  run('npm', ['run', '--silent', 'build'], example);
  return { perdure: `${example}dist`, official: officialMoneyTransfer() };
}
