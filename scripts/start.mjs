/** `npm start`: sets up, starts the dev server, runs the money-transfer example on it, and stays up. */
import { spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { install, root, setUp } from './setup.mjs';

const EXAMPLE = 'examples/money-transfer';
const PORT = Number(process.env.PERDURE_PORT ?? 7233);

setUp();
install(EXAMPLE);

const server = spawn(process.execPath, ['packages/cli/bin/perdure.js', 'server', 'start-dev', '--port', String(PORT)], {
  cwd: root,
  stdio: 'inherit',
});
server.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));

await listening(PORT);
const { status } = spawnSync('npm', ['run', '--silent', 'demo'], {
  cwd: join(root, EXAMPLE),
  stdio: 'inherit',
  env: { ...process.env, TEMPORAL_ADDRESS: `127.0.0.1:${PORT}` },
});
if (status !== 0) {
  process.stderr.write('The money transfer did not complete.\n');
  server.kill('SIGTERM');
  process.exitCode = 1;
} else process.stdout.write('\nThe server stays up. Ctrl-C ends it.\n');

/** Resolves when the port takes connections; the server's exit ends the wait. */
async function listening(port) {
  for (;;) {
    if (await connects(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function connects(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
