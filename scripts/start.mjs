/** `npm start`: sets up, starts the dev server, runs the money-transfer example on it, and stays up. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

const EXAMPLE = 'examples/money-transfer';
const PORT = process.env.PERDURE_PORT ?? '7233';

setUp();

const server = spawn(process.execPath, ['packages/cli/bin/perdure.js', 'server', 'start-dev', '--port', PORT], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
});
let serves = false;
server.on('exit', (code) => {
  if (!serves) process.stderr.write('npm start takes the port from the environment: PERDURE_PORT=7234 npm start\n');
  process.exit(code ?? 1);
});
process.on('SIGTERM', () => server.kill('SIGTERM'));
// A terminal sends Ctrl-C to the server too, and two of them would end it at once.
process.on('SIGINT', () => process.stdin.isTTY || server.kill('SIGINT'));

server.stdout.pipe(process.stdout);
await new Promise((resolve) => server.stdout.once('data', resolve));
serves = true;
const workflowId = `transfer-${Date.now().toString(36)}`;
const { status } = spawnSync('npm', ['run', '--silent', 'demo', '--', '--id', workflowId], {
  cwd: join(root, EXAMPLE),
  stdio: 'inherit',
  env: { ...process.env, TEMPORAL_ADDRESS: `127.0.0.1:${PORT}` },
});
if (status === 0) {
  process.stdout.write('\n');
  const show = ['workflow', 'show', '--workflow-id', workflowId, '--address', `127.0.0.1:${PORT}`];
  spawnSync(process.execPath, ['packages/cli/bin/perdure.js', ...show], { cwd: root, stdio: 'inherit' });
  const elsewhere = PORT === '7233' ? '' : ` --address 127.0.0.1:${PORT}`;
  process.stdout.write(
    `\nThe server stays up; Ctrl-C ends it. In another terminal: npx perdure workflow list${elsewhere}\n`,
  );
} else {
  process.stderr.write('The money transfer did not complete.\n');
  server.kill('SIGTERM');
}
