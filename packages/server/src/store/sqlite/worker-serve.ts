/** The worker's side of `WorkerCall`: one request at a time, until the end. */
import { parentPort } from 'node:worker_threads';
import { resultCode } from './driver.js';
import { END } from './worker-call.js';
import type { WorkerAnswer } from './worker-call.js';

export function serve<Request, Answer>(answer: (request: Request) => Answer, end: () => void): void {
  const port = parentPort;
  if (port === null) throw new Error('assertion failed: this is not a worker thread');
  port.on('message', (message: Request | typeof END) => {
    if (message === END) {
      end();
      port.close();
      return;
    }
    port.postMessage(tryAnswer(answer, message));
  });
}

function tryAnswer<Request, Answer>(answer: (request: Request) => Answer, request: Request): WorkerAnswer<Answer> {
  try {
    return { ok: true, answer: answer(request) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, message, errcode: resultCode(error) };
  }
}
