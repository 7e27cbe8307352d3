// Runs the programs of one SDK against one address; each scenario is one line of JSON on their output.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Resolves to the reports `{ scenario, ok, error?, executions, runs, observed }`; a program that breaks off rejects. */
export async function runPrograms([command, args], { address, nonce, only, tls }) {
  const flags = ['--address', address, '--nonce', nonce, ...(only ? ['--only', only] : []), ...tlsFlags(tls)];
  const child = spawn(command, [...args, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const reports = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{"')) reports.push(JSON.parse(line));
    else console.error(line);
  }
  const code = await ended;
  if (code !== 0) reports.push({ scenario: 'program-exit', ok: false, error: `${command} ended with ${code}` });
  return reports;
}

function tlsFlags({ ca, cert, key } = {}) {
  return [...(ca ? ['--tls-ca', ca] : []), ...(cert ? ['--tls-cert', cert] : []), ...(key ? ['--tls-key', key] : [])];
}
