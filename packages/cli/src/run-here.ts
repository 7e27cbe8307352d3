/** The command line of this process, on its own streams. */
import { runCommandLine } from './run-command-line.js';

// So that the build can run commands within one process.
export { runCommandLine };

export async function runHere(): Promise<void> {
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    env: process.env,
    nowMs: () => Date.now(),
  });
}
