/** Our server as a child process: started, asked, stopped in order or killed. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export type ServerQuestion = { readonly kind: 'memory' } | { readonly kind: 'stop' };

export type ServerAnswer =
  | { readonly kind: 'ready'; readonly port: number; readonly metricsUrl: string }
  /** After a collection of garbage. */
  | { readonly kind: 'memory'; readonly usedBytes: number; readonly residentBytes: number };

export interface ServerProcessOptions {
  /** Undefined: in memory. */
  readonly dbFilename: string | undefined;
  /** 0: a free one. */
  readonly port?: number;
  /** Write a CPU profile into this folder at the end. */
  readonly profileFolder?: string | undefined;
}

export class ServerProcess {
  readonly #child: ChildProcess;
  readonly port: number;
  readonly metricsUrl: string;

  private constructor(child: ChildProcess, port: number, metricsUrl: string) {
    this.#child = child;
    this.port = port;
    this.metricsUrl = metricsUrl;
  }

  static async start({ dbFilename, port = 0, profileFolder }: ServerProcessOptions): Promise<ServerProcess> {
    const profiling = profileFolder === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profileFolder];
    const child = fork(new URL('./server-main.js', import.meta.url), [String(port), dbFilename ?? ''], {
      execArgv: ['--expose-gc', ...profiling],
    });
    const answer = await nextAnswer(child);
    if (answer.kind !== 'ready') throw new Error('the server spoke before it was ready');
    return new ServerProcess(child, answer.port, answer.metricsUrl);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Bytes in use after a collection of garbage. */
  async usedBytes(): Promise<{ usedBytes: number; residentBytes: number }> {
    this.#child.send({ kind: 'memory' } satisfies ServerQuestion);
    const answer = await nextAnswer(this.#child);
    if (answer.kind !== 'memory') throw new Error('the server answered something else');
    return answer;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.send({ kind: 'stop' } satisfies ServerQuestion);
    await ended;
  }

  /** As a power cut would end it, but for the disk. */
  async kill(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

async function nextAnswer(child: ChildProcess): Promise<ServerAnswer> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the server process ended with ${String(code)}`);
  });
  const [answer] = (await Promise.race([once(child, 'message'), ended])) as [ServerAnswer];
  return answer;
}
