// Our dev server as a process of its own, on one port and one database file for as many lives as a test needs.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startProgram } from './processes.mjs';

const launcher = fileURLToPath(new URL('../../packages/cli/bin/perdure.js', import.meta.url));

/**
 * Starts the server; resolves when it serves. `wrap` is a command to run it under (`['strace', …]`).
 * `kill(signal)` ends it and waits; `restart()` starts it again on the same port and file.
 */
export async function startDevServer({ dbFilename, flags = [], wrap = () => [] }) {
  const port = await freePort();
  const args = [launcher, 'server', 'start-dev', '--port', String(port), '--log-level', 'warn', ...flags];
  if (dbFilename !== undefined) args.push('--db-filename', dbFilename);
  const server = { address: `127.0.0.1:${port}`, port, lives: 0, kill, restart, output: () => life.output };
  let life;
  await restart();
  return server;

  async function restart() {
    const [command, ...prefix] = wrap(server.lives++);
    life = command ? startProgram([...prefix, process.execPath, ...args], { command }) : startProgram(args);
    await life.printed(/Server +127\.0\.0\.1:\d+/);
  }

  async function kill(signal = 'SIGKILL') {
    const isWrapped = wrap(0).length > 0;
    if (!isWrapped) return life.kill(signal);
    process.kill(onlyChildOf(life.pid), signal);
    return life.ended;
  }
}

/** The process that a wrapper runs. */
function onlyChildOf(pid) {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
