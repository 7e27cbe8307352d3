/** Which process listens on a port, as far as the system tells. Asked only after a port was found taken. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Such as `process 4711 (node server.js)`; undefined when the system does not say. */
export function portOwner(port: number): string | undefined {
  const pid = process.platform === 'linux' ? pidFromProc(port) : pidFromLsof(port);
  if (pid === undefined) return undefined;
  const command = commandOf(pid);
  return command === undefined ? `process ${pid}` : `process ${pid} (${command})`;
}

const LISTENING = '0A';

function pidFromProc(port: number): number | undefined {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningSockets(table, port)));
  if (sockets.size === 0) return undefined;
  const pids = list('/proc').filter((name) => /^\d+$/.test(name));
  const pid = pids.find((each) => list(`/proc/${each}/fd`).some((fd) => sockets.has(linkOf(`/proc/${each}/fd/${fd}`))));
  return pid === undefined ? undefined : Number(pid);
}

/** As `socket:[inode]`. Columns: number, local address:port in hexadecimal, remote one, state, …, inode (the tenth). */
function listeningSockets(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = read(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const found = rows.filter(([, local = '', , state]) => state === LISTENING && local.endsWith(`:${hexPort}`));
  return found.map((row) => `socket:[${row[9] ?? ''}]`);
}

function pidFromLsof(port: number): number | undefined {
  const { stdout } = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp'], {
    encoding: 'utf8',
    timeout: 2000,
  });
  const pid = /^p(\d+)/m.exec(stdout ?? '')?.[1];
  return pid === undefined ? undefined : Number(pid);
}

const COMMAND_CHARS_MAX = 80;

function commandOf(pid: number): string | undefined {
  const line =
    process.platform === 'linux'
      ? read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
      : (
          spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', timeout: 2000 }).stdout ?? ''
        ).trim();
  if (line === '') return undefined;
  return line.length > COMMAND_CHARS_MAX ? `${line.slice(0, COMMAND_CHARS_MAX)}…` : line;
}

/** Other users' processes cannot be looked into: then there is nothing to read. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
