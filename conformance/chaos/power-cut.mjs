// As a power cut would: the server is killed with -9, and then everything it had written and not yet flushed is wiped from the
// database file and its log. (A kill alone loses nothing: the system still holds what was written.) strace tells what was flushed.
import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { underLoad } from './under-load.mjs';
import { wipeUnflushed } from './unflushed.mjs';

export const name = 'power cut under load, four times';

export function missing() {
  return spawnSync('strace', ['-V']).status === 0 ? undefined : 'strace';
}

export async function run({ random, folder }) {
  const dbFilename = `${folder}/power.db`;
  const traceOf = (life) => `${folder}/calls-${life}`;
  const wrap = (life) => [
    'strace',
    '-ff',
    '-qq',
    '-ttt',
    '-T',
    '-y',
    '-s',
    '0',
    '--seccomp-bpf',
    '-e',
    'trace=pwrite64,fsync,fdatasync',
    '-o',
    traceOf(life),
  ];
  const lost = [];
  const seen = await underLoad({ count: 60, random, dbFilename, wrap }, async (server, started) => {
    await started;
    for (let i = 0; i < 4; i++) {
      await delay(random.between(200, 3_000));
      await server.kill('SIGKILL');
      lost.push(wipeUnflushed(traceOf(server.lives - 1), dbFilename));
      await server.restart();
    }
  });
  return `${seen}, unflushed bytes lost: ${lost.join(', ')}`;
}
