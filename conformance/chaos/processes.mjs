// Child processes of a test: started, watched, killed; none of them outlives this process.
import { spawn } from 'node:child_process';

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/**
 * Starts a Node program (or `command`, another one). What it prints goes to `output`, a text, and nowhere else.
 * `ended` resolves to `{ code, signal }`.
 */
export function startProgram(args, { command = process.execPath, env = {}, cwd } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const program = { pid: child.pid, output: '', isRunning: true, waiting: new Set() };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      program.output += chunk;
      for (const look of program.waiting) look();
    });
  }
  program.ended = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      program.isRunning = false;
      resolve({ code, signal });
      for (const look of program.waiting) look();
    });
  });
  return {
    get pid() {
      return child.pid;
    },
    get output() {
      return program.output;
    },
    ended: program.ended,
    printed: (pattern) => printed(program, pattern),
    /** Sends the signal and waits for the end. */
    async kill(signal = 'SIGKILL') {
      child.kill(signal);
      return program.ended;
    },
  };
}

/** Resolves to the match once the output has it; rejects when the program ended without. */
function printed(program, pattern) {
  return new Promise((resolve, reject) => {
    const look = () => {
      const match = pattern.exec(program.output);
      if (!match && program.isRunning) return;
      program.waiting.delete(look);
      if (match) resolve(match);
      else reject(new Error(`the program ended before it printed ${pattern}:\n${program.output}`));
    };
    program.waiting.add(look);
    look();
  });
}
