/** `perdure server start-dev` as a child process, the way users and SDKs start it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

export class DevServer {
  readonly child: ChildProcess;
  out = '';
  err = '';
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly #awaiting = new Set<() => void>();

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [MAIN, 'server', 'start-dev', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (chunk: Buffer) => this.#note(() => (this.out += chunk.toString())));
    this.child.stderr?.on('data', (chunk: Buffer) => this.#note(() => (this.err += chunk.toString())));
    this.exited = new Promise((resolve) =>
      this.child.on('close', (code, signal) => this.#note(() => resolve({ code, signal }))),
    );
  }

  /** A server that is up, on a free port. */
  static async start(...args: string[]): Promise<DevServer> {
    const server = new DevServer(['--port', '0', ...args]);
    await server.printed(/\n\n.*Server.*\n\n/s);
    return server;
  }

  /** `127.0.0.1:PORT`, as printed. */
  get address(): string {
    return /Server +(\S+)/.exec(this.out)?.[1] ?? '';
  }

  get port(): number {
    return Number(this.address.split(':').at(-1));
  }

  /** Resolves when stdout matches; throws when the process ends without. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.out);
      if (match !== null) return match;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        await this.exited;
        if (pattern.exec(this.out) === null)
          throw new Error(`ended without printing ${String(pattern)}:\n${this.out}${this.err}`);
        continue;
      }
      await new Promise<void>((resolve) => this.#awaiting.add(resolve));
    }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.child.kill(signal);
    return this.exited;
  }

  #note(change: () => void): void {
    change();
    for (const resolve of this.#awaiting) resolve();
    this.#awaiting.clear();
  }
}
