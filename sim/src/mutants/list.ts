/** The planted bugs, at least one for every law. Texts are those of the compiled files. */
import { CORE_MUTANTS } from './list-core.js';
import type { Mutant } from './mutant.js';

const ENGINE_MUTANTS: readonly Mutant[] = [
  // Law 2: everything is injected.
  {
    name: 'engine reads the real clock',
    law: 2,
    file: 'engine/engine.js',
    find: 'this.nowMs = this.#options.nowMs();',
    replace: 'this.nowMs = this.#options.nowMs() + (Math.floor(performance.now()) % 2);',
  },
  // Law 3: decide, commit, act.
  {
    name: 'answers leave when the commit is sent, not when it is flushed',
    law: 3,
    file: 'engine/committer.js',
    find: 'this.#ports.commit({ epoch: this.#epoch, number: this.#storeNumber + 1, writes });',
    replace:
      'this.#ports.commit({ epoch: this.#epoch, number: this.#storeNumber + 1, writes }); for (const { decision } of group.sealed) { decision.committed(); decision.committed = () => undefined; }',
  },
  {
    name: 'waiting for a group does not wait',
    law: 3,
    file: 'engine/committer.js',
    find: 'this.#inFlight.after.push(act);',
    replace: 'act();',
  },
  {
    name: 'readers see decided state that is not flushed',
    law: 3,
    file: 'engine/engine.js',
    find: 'this.#options.inspect?.(run);',
    replace: 'this.#options.inspect?.(run); run.durable = state;',
  },
  {
    name: 'a refusal leaves before the state it was read from is flushed',
    law: 3,
    file: 'engine/engine.js',
    find: 'this.afterRun(run, () => refused(run.isVoid ? stale() : result));',
    replace: 'refused(result);',
  },
  // Law 4: pipelined group commit.
  {
    name: 'a failed commit counts as done',
    law: 4,
    file: 'engine/committer.js',
    find: "case 'committed':",
    replace: "case 'failed':\n            case 'committed':",
  },
  {
    name: 'an unknown commit counts as done',
    law: 4,
    file: 'engine/committer.js',
    find: "case 'committed':",
    replace: "case 'unknown':\n            case 'committed':",
  },
  {
    name: 'a failed flush is tried again',
    law: 4,
    file: 'engine/committer.js',
    find: "case 'failed':",
    replace: "case 'fatal':\n            case 'failed':",
  },
  {
    name: 'a void run stays in memory',
    law: 4,
    file: 'engine/directory.js',
    find: 'run.isVoid = true;\n            this.remove(run);',
    replace: 'run.isVoid = true;',
  },
  {
    name: 'later decisions about a void run are not void',
    law: 4,
    file: 'engine/committer.js',
    find: 'if (sealed === undefined || !touches(sealed)) {',
    replace: 'if (true) {',
  },
  {
    name: 'a failed group is not tried one by one',
    law: 4,
    file: 'engine/committer.js',
    find: 'this.#oneByOne = [...group.sealed];',
    replace: 'this.#oneByOne = [];',
  },
  // Law 5: claim before commit.
  {
    name: 'a claimed poll is not parked again when its commit fails',
    law: 5,
    file: 'engine/effects.js',
    find: 'decision.onVoided(() => release(engine, poller));',
    replace: '',
  },
  {
    name: 'a task that could not be delivered is not taken back',
    law: 5,
    file: 'engine/engine.js',
    find: "case 'undelivered':\n                taskUndelivered(this, message.task);",
    replace: "case 'undelivered':",
  },
  {
    name: 'the start of a stored task leaves its row',
    law: 5,
    file: 'engine/polls.js',
    find: "decision.writes.push({ kind: 'deleteDispatch', taskNo: task.taskNo });",
    replace: '',
  },
  {
    name: 'a task without a poll is not stored',
    law: 5,
    file: 'engine/effects.js',
    find: "decision.writes.push({ kind: 'putDispatch', row: { ...queued, queue: queueText(queue) } });",
    replace: '',
  },
  // Law 6: nobody waits while holding something.
  {
    name: 'a poll whose caller left stays parked',
    law: 6,
    file: 'engine/engine.js',
    find: 'if (this.waits.end(replyTo) || this.matching.cancelPoll(replyTo))',
    replace: 'if (this.waits.end(replyTo))',
  },
  {
    name: 'polls are not answered when their time is up',
    law: 6,
    file: 'engine/matching-pollers.js',
    find: 'if (place === undefined || place.poller.deadlineMs > nowMs)',
    replace: 'if (true)',
  },
  // Law 7: state = fold + residue.
  {
    name: 'only the first of several transitions in a decision keeps its facts',
    law: 7,
    file: 'engine/decision.js',
    find: 'for (const record of transition.records)',
    replace: 'for (const record of change.records.length === 0 ? transition.records : [])',
  },
  {
    name: 'a snapshot is taken without its last transition',
    law: 7,
    file: 'engine/decision.js',
    find: 'bytes: encodeSnapshot(run.state) });',
    replace: 'bytes: encodeSnapshot(run.durable) });',
  },
  {
    name: 'a slow read brings back an older state',
    law: 7,
    file: 'engine/directory.js',
    find: 'if (load?.isOutdated !== true)\n            return false;',
    replace: 'return false;',
  },
  // Law 8: bytes stay bytes.
  {
    name: 'a page of history begins with events that are not in its range',
    law: 8,
    file: 'engine/history.js',
    find: 'taken.push({ events: skipEvents(head, skipped) });',
    replace: 'taken.push({ events: head });',
  },
  {
    name: 'the tail in memory is said to reach further back than it does',
    law: 8,
    file: 'engine/run.js',
    find: 'if (first === undefined || eventId < first.firstEventId)',
    replace: 'if (first === undefined)',
  },
  // Law 9: storage is fenced; a chain is one commit.
  {
    name: 'the store takes commits of an old epoch',
    law: 9,
    file: 'store/memory/tables.js',
    find: 'if (epoch !== this.epoch)',
    replace: 'if (epoch > this.epoch)',
  },
  {
    name: 'the run that follows is another commit',
    law: 9,
    file: 'engine/effects.js',
    find: 'startRun(engine, decision, effect.run, NO_CONTEXT, run);',
    replace:
      'decision.onCommitted(() => { const next = new decision.constructor(); startRun(engine, next, effect.run, NO_CONTEXT, run); engine.submit(next); });',
  },
  // Law 10: shards are owned; an owner goes on where the one before stopped.
  {
    name: 'a new owner numbers executions from the beginning',
    law: 10,
    file: 'engine/engine.js',
    find: 'this.lastExecNo = opened.lastExecNo;',
    replace: '',
  },
  {
    name: 'a new owner does not know the stored backlog',
    law: 10,
    file: 'engine/engine.js',
    find: 'loadQueues.note(this, queue);',
    replace: ';',
  },
  // Law 11: timers.
  {
    name: 'timers of the window are only in the store',
    law: 11,
    file: 'engine/timers.js',
    find: 'if (dueMs < this.#boundMs)\n            this.#hold(execNo, dueMs);',
    replace: 'if (dueMs < this.#boundMs - 50_000)\n            this.#hold(execNo, dueMs);',
  },
  {
    name: 'an earlier deadline does not move the stored timer',
    law: 11,
    file: 'engine/decision.js',
    find: 'if (run.armedDueMs !== undefined && run.armedDueMs <= dueMs && !isClosed(state.status))',
    replace: 'if (run.armedDueMs !== undefined && !isClosed(state.status))',
  },
  {
    name: 'a timer whose commit failed is not armed again',
    law: 11,
    file: 'engine/directory.js',
    find: 'this.#engine.timers.rearm(run.execNo, this.#engine.nowMs);',
    replace: '',
  },
  {
    name: 'timers fire a tenth of a second late',
    law: 11,
    file: 'engine/timers.js',
    find: 'return Math.min(dueMs ?? Infinity, this.#moveAtMs);',
    replace: 'return Math.min((dueMs ?? Infinity) + 150, this.#moveAtMs);',
  },
  // Law 12: between executions.
  {
    name: 'a letter is not stored',
    law: 12,
    file: 'engine/outbox.js',
    find: "decision.writes.push({ kind: 'putOutbox', row });",
    replace: '',
  },
  {
    name: 'a received letter is not deleted',
    law: 12,
    file: 'engine/outbox.js',
    find: "decision.writes.push({ kind: 'deleteOutbox', outboxNo: letter.outboxNo });",
    replace: '',
  },
  {
    name: 'letters are not delivered again after a start',
    law: 12,
    file: 'engine/engine.js',
    find: 'this.outbox.recover();',
    replace: 'this.outbox.recover(Number.MAX_SAFE_INTEGER);',
  },
  {
    name: 'a letter is deleted before what it causes is decided',
    law: 12,
    file: 'engine/outbox.js',
    find: "decision.writes.push({ kind: 'deleteOutbox', outboxNo: letter.outboxNo });",
    replace:
      "const gone = new decision.constructor(); gone.writes.push({ kind: 'deleteOutbox', outboxNo: letter.outboxNo }); this.#engine.submit(gone); decision.onVoided = () => undefined;",
  },
  {
    name: 'letters overtake each other',
    law: 12,
    file: 'engine/mail-lines.js',
    find: 'if (!this.#handOverFirst(receiver, line, first))\n                return;',
    replace: 'line.letters.shift(); this.#handOver(first, () => undefined);',
  },
  // Law 15: lists see what was answered before.
  {
    name: 'a changed search attribute does not reach the list',
    law: 15,
    file: 'engine/decision.js',
    find: 'before.searchAttributes !== transition.state.searchAttributes ||',
    replace: '',
  },
  {
    name: 'the row of a closed run is not written again',
    law: 15,
    file: 'engine/decision.js',
    find: 'before.status !== transition.state.status ||',
    replace: '',
  },
];

export const MUTANTS: readonly Mutant[] = [...ENGINE_MUTANTS, ...CORE_MUTANTS];
