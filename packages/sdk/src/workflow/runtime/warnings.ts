/** What a run that ends leaves undone, told to its developers. */
import { HandlerUnfinishedPolicy } from '../../conversion/workflow-types.js';
import { unstartedChildren } from './children.js';
import type { RunningHandler } from './handlers.js';
import { log } from './log.js';
import type { Run } from './run.js';
import { placeText } from './stacks.js';

export function warnOfUnfinished(run: Run): void {
  if (run.hasTaskError || run.isReplayingHistoryEvents) return;
  const running = [...run.handlers.running].filter(({ policy }) => policy === HandlerUnfinishedPolicy.WARN_AND_ABANDON);
  warnOf(
    'update',
    running.filter(({ id }) => id !== undefined),
  );
  warnOf(
    'signal',
    running.filter(({ id }) => id === undefined),
  );
  const unhandled = run.handlers.unhandledSignals;
  if (unhandled.length > 0) {
    log.warn(
      `Workflow finished without a handler for signals that it had got: ${counts(unhandled)}. ` +
        'They are lost. Call setHandler for each at the start of the workflow.',
    );
  }
  for (const child of unstartedChildren(run)) {
    log.warn(
      `Workflow finished without waiting for the start of its child workflow '${child.workflowType}', which may never run. ` +
        `Await startChild or executeChild.\n${placeText(child.place)}`,
    );
  }
}

const LOST = {
  update:
    "This may have interrupted work that it was doing, and the client that sent the update gets a 'workflow execution already completed' error instead of the result.",
  signal: 'This may have interrupted work that it was doing.',
};

function warnOf(kind: 'update' | 'signal', handlers: readonly RunningHandler[]): void {
  if (handlers.length === 0) return;
  const list =
    kind === 'update' ? JSON.stringify(handlers.map(({ name, id }) => ({ name, id }))) : counts(names(handlers));
  const a = kind === 'update' ? 'an update' : 'a signal';
  log.warn(
    `[TMPRL1102] Workflow finished while ${a} handler was still running. ${LOST[kind]} ` +
      'Wait for all handlers with `await condition(allHandlersFinished)` before the end, or, if it does not matter, pass ' +
      `{ unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON } to setHandler. The following ${kind}s were unfinished: ${list}`,
  );
}

function names(handlers: readonly RunningHandler[]): string[] {
  return handlers.map(({ name }) => name);
}

function counts(list: readonly string[]): string {
  const count = new Map<string, number>();
  for (const name of list) count.set(name, (count.get(name) ?? 0) + 1);
  return JSON.stringify([...count].map(([name, times]) => ({ name, count: times })));
}
