/** Runs command lines inside the test's process and keeps what they print. */
import { runCommandLine } from '../run-command-line.js';

export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Printed> {
  let out = '';
  let err = '';
  const code = await runCommandLine(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    env,
    nowMs: () => Date.now(),
  });
  return { code, out, err };
}
