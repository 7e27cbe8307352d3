/**
 * A driver process: the worker or the client of one server, in a process of its own so that its CPU time can be told from
 * all other. It does what its parent asks over the IPC channel.
 */
import { LoadClient } from '../client/client.js';
import { DEFAULT_POLLS, LOAD_POLLS, Worker } from '../worker/worker.js';
import { GrpcClient } from './grpc-client.js';
import { spreadOf } from './latencies.js';
import type { Answer, ClientPlan, Question, WorkerPlan } from './messages.js';

const NAMESPACE = 'default';

interface Driver {
  answer(question: Question): Promise<Answer>;
}

function openWorkers({ address, taskQueue, connections }: WorkerPlan): Driver {
  const polls = connections > 1 ? DEFAULT_POLLS : LOAD_POLLS;
  const workers = Array.from({ length: connections }, (_, index) => {
    const identity = `${process.pid}-${index}@bench`;
    const worker = new Worker({ client: new GrpcClient(address), namespace: NAMESPACE, taskQueue, identity, polls });
    worker.start();
    return worker;
  });
  let markedAtMs = performance.now();
  return {
    answer: async ({ kind }) => {
      if (kind !== 'mark') return {};
      const nowMs = performance.now();
      const mark = {
        operations: workers.reduce((sum, { tasks }) => sum + tasks, 0),
        elapsedMs: nowMs - markedAtMs,
        latencyMs: spreadOf(workers.flatMap(({ timerMs }) => timerMs)),
        eventMs: spreadOf(workers.flatMap(({ timerEventMs }) => timerEventMs)),
        failure: workers.find(({ failure }) => failure !== undefined)?.failure,
      };
      markedAtMs = nowMs;
      for (const worker of workers)
        Object.assign(worker, { tasks: 0, timerMs: [], timerEventMs: [], failure: undefined });
      return { mark };
    },
  };
}

function openClient({ address, taskQueue }: ClientPlan): Driver {
  const nonce = `${taskQueue}-${process.pid}`;
  const client = new LoadClient({ client: new GrpcClient(address), namespace: NAMESPACE, taskQueue, nonce });
  return {
    answer: async (question) => {
      if (question.kind === 'begin') client.begin(question.load);
      if (question.kind === 'mark') return { mark: client.mark() };
      if (question.kind === 'end') await client.end();
      if (question.kind === 'start') {
        client.mark();
        await client.start(question.count, question.workflowType, question.concurrency);
        return { mark: client.mark() };
      }
      return {};
    },
  };
}

let driver: Driver | undefined;

process.on('message', (question: Question) => {
  if (question.kind === 'close') process.exit(0);
  if (question.kind === 'open')
    driver = question.plan.role === 'worker' ? openWorkers(question.plan) : openClient(question.plan);
  const answered = driver === undefined ? Promise.resolve({}) : driver.answer(question);
  void answered.then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit(0));
