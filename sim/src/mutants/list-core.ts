/** Planted bugs of the core. */
import type { Mutant } from './mutant.js';

export const CORE_MUTANTS: readonly Mutant[] = [
  // Law 1: the core is pure.
  {
    name: 'a refused input leaves a trace in the state before',
    law: 1,
    file: 'core/execution/apply.js',
    find: 'if (!owned.has(name)) {',
    replace: 'if (false) {',
  },
  {
    name: 'the core draws its own ids',
    law: 1,
    file: 'core/execution/close-commands.js',
    find: 'const runId = env.newId();',
    replace: 'const runId = globalThis.crypto.randomUUID();',
  },
  // Law 7: what history does not record.
  {
    name: 'the place of a fact among events is lost',
    law: 7,
    file: 'core/execution/snapshot.js',
    find: 'placed.push([events, record]);',
    replace: 'placed.push([0, record]);',
  },
  {
    name: 'a buffered event is forgotten by the snapshot',
    law: 7,
    file: 'core/execution/snapshot.js',
    find: 'return encodeValue({ ...persisted(state),',
    replace: 'return encodeValue({ ...persisted(state), buffered: [],',
  },
  // Law 11: never early.
  {
    name: 'timers fire before they are due',
    law: 11,
    file: 'core/execution/due.js',
    find: 'if (deadline.dueMs <= draft.env.nowMs)',
    replace: 'if (deadline.dueMs <= draft.env.nowMs + 60)',
  },
  // Law 12: deduplicated.
  {
    name: 'a repeated start makes a second run',
    law: 12,
    file: 'core/execution/start.js',
    find: "return { kind: 'sameRequest' };",
    replace: "return { kind: 'terminateAndStart' };",
  },
  {
    name: 'a repeated signal is recorded again',
    law: 12,
    file: 'core/execution/signal.js',
    find: "if (input.requestId !== '' && hasId(state.signalRequestIds, input.requestId))",
    replace: 'if (false)',
  },
  // Law 13: everything is bounded.
  {
    name: 'the buffer of events has no bound',
    law: 13,
    file: 'core/execution/transition.js',
    find: 'enforceBufferLimit(draft);\n',
    replace: '\n',
  },
  // Law 14: refusals are values.
  {
    name: 'a stale workflow task is an exception',
    law: 14,
    file: 'core/execution/task-completion.js',
    find: 'if (task === undefined || isClosed(state.status))\n        return workflowTaskNotFound();',
    replace: "if (task === undefined || isClosed(state.status))\n        throw new Error('stale');",
  },
  // The rules of the field.
  {
    name: 'a token of an earlier attempt completes an activity',
    law: 12,
    file: 'core/execution/activity.js',
    find: 'return activity.attempt === ref.attempt && activity.stamp === ref.stamp ? activity : undefined;',
    replace: 'return activity;',
  },
  {
    name: 'a run closes over events that its program has not seen',
    law: 7,
    file: 'core/execution/close-commands.js',
    find: 'return hasUnseenEvents()',
    replace: 'return false',
  },
  {
    name: 'outcomes in the buffer keep their place',
    law: 7,
    file: 'core/execution/buffer.js',
    find: '...decoded.filter((event) => !OUTCOMES.has(event.eventType)),\n        ...decoded.filter((event) => OUTCOMES.has(event.eventType)),',
    replace:
      '...decoded.filter((event) => OUTCOMES.has(event.eventType)),\n        ...decoded.filter((event) => !OUTCOMES.has(event.eventType)),',
  },
  {
    name: 'children outlive their parent whatever its policy',
    law: 12,
    file: 'core/execution/child.js',
    find: 'if (child.parentClosePolicy === ParentClosePolicy.ABANDON)',
    replace: 'if (true)',
  },
  {
    name: 'one attempt more than the policy allows',
    law: 13,
    file: 'core/execution/retry.js',
    find: 'attempt >= policy.maximumAttempts)',
    replace: 'attempt > policy.maximumAttempts)',
  },
  {
    name: 'an unanswered workflow task never times out',
    law: 11,
    file: 'core/execution/due.js',
    find: "visit({ kind: 'taskStarted', dueMs: task.startedAtMs + task.startToCloseMs });",
    replace: ';',
  },
  {
    name: 'a refused update is accepted',
    law: 14,
    file: 'core/execution/update-messages.js',
    find: '(rejection) => refuse(draft, message, rejection)',
    replace:
      "(rejection) => accept(draft, message, { acceptedRequest: rejection.rejectedRequest, acceptedRequestMessageId: '', acceptedRequestSequencingEventId: 0 })",
  },
];
