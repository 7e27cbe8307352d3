/** Calls into a worker thread that starts with the first call and keeps no process alive while it has nothing to do. */
import type { Worker } from 'node:worker_threads';

export interface WorkerFailure {
  readonly message: string;
  /** SQLite's result code, if it was SQLite that failed. */
  readonly errcode: number | undefined;
}

/** What the worker sends for each request, in the order of the requests. */
export type WorkerAnswer<Answer> =
  { readonly ok: true; readonly answer: Answer } | ({ readonly ok: false } & WorkerFailure);

/** Sent instead of a request: close what is open and end. */
export const END = 'end';

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerCall<Request, Answer> {
  readonly #script: URL;
  readonly #workerData: unknown;
  readonly #waiting: Waiting<Answer>[] = [];
  #worker: Worker | undefined;
  #isEnding = false;

  constructor(script: URL, workerData: unknown) {
    this.#script = script;
    this.#workerData = workerData;
  }

  call(request: Request): Promise<Answer> {
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      worker.ref();
      worker.postMessage(request);
    });
  }

  /** Lets the worker close its connection: a thread that is cut off could leave locks behind. */
  async end(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.#isEnding = true;
    worker.ref();
    worker.postMessage(END);
    await exited;
  }

  #start(): Worker {
    // Not imported: most starts need no thread, and Node's module for them takes a moment to load.
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const worker = new Worker(this.#script, { workerData: this.#workerData });
    worker.on('message', (message: WorkerAnswer<Answer>) => {
      const waiting = this.#waiting.shift();
      if (this.#waiting.length === 0 && !this.#isEnding) worker.unref();
      if (message.ok) waiting?.resolve(message.answer);
      else waiting?.reject(Object.assign(new Error(message.message), { errcode: message.errcode }));
    });
    worker.on('error', (error) => this.#failAll(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#failAll(new Error('the storage thread has ended'));
    });
    return worker;
  }

  #failAll(error: Error): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}
