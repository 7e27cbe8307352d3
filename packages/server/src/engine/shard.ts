/** Inputs to runs on behalf of waiting callers: find the run, decide, answer after the commit. */
import type { Input } from '../core/execution/index.js';
import { Decision } from './decision.js';
import { NO_CONTEXT } from './effects.js';
import type { TaskContext } from './effects.js';
import type { Engine } from './engine.js';
import { runNotFound } from './engine.js';
import { stale } from './directory.js';
import type { ReplyTo } from './messages.js';
import type { Run } from './run.js';

/** Finds the run or answers that there is none. */
export function withRun(
  engine: Engine,
  replyTo: ReplyTo,
  namespaceId: string,
  workflowId: string,
  runId: string,
  then: (run: Run) => void,
): void {
  engine.runs.find(
    namespaceId,
    workflowId,
    runId,
    (run) => {
      if (run === undefined) engine.afterAll(() => engine.refuse(replyTo, runNotFound(workflowId, runId)));
      else then(run);
    },
    (rejection) => engine.refuse(replyTo, rejection),
  );
}

/** One input, one answer: `response` once committed, the refusal otherwise. */
export function decideAndReply(
  engine: Engine,
  replyTo: ReplyTo,
  run: Run,
  input: Input,
  response: () => object,
  context: TaskContext = NO_CONTEXT,
): void {
  const decision = new Decision();
  const isDone = engine.decide(run, input, decision, context, (rejection) => engine.refuse(replyTo, rejection));
  if (isDone) decision.onCommitted(() => engine.reply(replyTo, response()));
  decision.onVoided(() => engine.refuse(replyTo, stale()));
  if (decision.changes.size > 0) engine.submit(decision);
}
