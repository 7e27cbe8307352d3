// Worker and client in one go: starts the worker program, runs transfers with the client program, ends the worker.
// Flags are those of the client. Exit code 0 when the transfers ended and the books balance.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const worker = start('worker.js', [], 'pipe');
const workerEnded = exitCodeOf(worker);
const workerReady = new Promise<void>((resolve) => worker.stdout?.once('data', () => resolve()));
worker.stdout?.pipe(process.stdout);
process.exitCode = await Promise.race([workerReady.then(transfer), workerEnded.then((code) => code || 1)]);
worker.kill('SIGTERM');
await workerEnded;

async function transfer(): Promise<number> {
  return exitCodeOf(start('transfer.js', process.argv.slice(2), 'inherit'));
}

function start(program: string, args: readonly string[], output: 'pipe' | 'inherit'): ChildProcess {
  const path = fileURLToPath(new URL(program, import.meta.url));
  return spawn(process.execPath, [path, ...args], { stdio: ['ignore', output, 'inherit'] });
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
