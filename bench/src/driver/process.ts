/** A driver process as its parent sees it: questions and answers, one at a time. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, ClientPlan, Mark, Question, WorkerPlan } from './messages.js';

export class DriverProcess {
  readonly #child: ChildProcess;
  /** Answers one question; undefined while none is asked. */
  #take: ((answer: Answer) => void) | undefined;
  #refuse: ((error: Error) => void) | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (answer: Answer) => this.#take?.(answer));
    child.on('exit', () => this.#refuse?.(new Error('the driver process ended while it was asked')));
  }

  static async open(plan: WorkerPlan | ClientPlan): Promise<DriverProcess> {
    const driver = new DriverProcess(fork(new URL('./main.js', import.meta.url)));
    await driver.ask({ kind: 'open', plan });
    return driver;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#take = resolve;
      this.#refuse = reject;
      this.#child.send(question);
    });
  }

  async mark(): Promise<Mark> {
    const { mark } = await this.ask({ kind: 'mark' });
    if (mark === undefined) throw new Error('the driver process had nothing to tell');
    return mark;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.send({ kind: 'close' } satisfies Question);
    await ended;
  }
}
