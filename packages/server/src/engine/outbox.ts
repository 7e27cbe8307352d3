/**
 * Messages between executions (law 12): written with the transition that causes them, delivered after that commit in the
 * order of their numbers, deleted in the commit of what they cause at the receiver. A crash in between delivers again.
 */
import {
  StartChildWorkflowExecutionFailedCause,
  WorkflowExecutionStartedEventAttributes,
  decodeValue,
  encodeValue,
} from '@perdure/protocol';
import { decideStart, expiration } from '../core/execution/index.js';
import type { Address, ExecutionMessage, NewRun } from '../core/execution/index.js';
import { isRejection } from '../core/rejection.js';
import { cronBackoffMs } from '../core/schedule/cron.js';
import type { OutboxRow } from '../ports/index.js';
import { Decision } from './decision.js';
import { NO_CONTEXT, startRun } from './effects.js';
import type { Engine } from './engine.js';
import { MailLines } from './mail-lines.js';
import type { Run } from './run.js';
import { currentFacts, terminateExisting } from './starts.js';

type MessageOf<K extends ExecutionMessage['kind']> = Extract<ExecutionMessage, { kind: K }>;

interface Letter {
  readonly outboxNo: number;
  readonly to: Address;
  readonly message: ExecutionMessage;
}

export class Outbox {
  readonly #engine: Engine;
  readonly #lines = new MailLines<Letter>(true, (letter, done) => this.#handOver(letter, done));
  lastNo = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  send(decision: Decision, from: Run, to: Address, message: ExecutionMessage): void {
    this.lastNo += 1;
    const letter = { outboxNo: this.lastNo, to, message };
    const { namespaceId, workflowId } = to;
    const row: OutboxRow = {
      outboxNo: letter.outboxNo,
      sourceExecNo: from.execNo,
      namespaceId,
      workflowId,
      bytes: encodeValue({ runId: to.runId, message }),
    };
    decision.writes.push({ kind: 'putOutbox', row });
    decision.onCommitted(() => this.#deliver(letter));
  }

  /** After a start: what was written and not delivered goes out again, before anything new. */
  recover(afterNo = 0, untilNo = this.lastNo): void {
    this.#engine.read({ kind: 'outbox', afterNo, limit: RECOVER_BATCH }, (answer) => {
      if (answer.kind !== 'outbox') {
        this.#engine.later(this.#engine.nowMs + RETRY_MS, () => this.recover(afterNo, untilNo));
        return;
      }
      for (const row of answer.rows) if (row.outboxNo <= untilNo) this.#deliver(openLetter(row));
      const last = answer.rows.at(-1);
      if (answer.rows.length === RECOVER_BATCH && last !== undefined) this.recover(last.outboxNo, untilNo);
      else this.#lines.release();
    });
  }

  #deliver(letter: Letter): void {
    const { namespaceId, workflowId } = letter.to;
    this.#lines.add(`${namespaceId}/${workflowId}`, letter);
  }

  #handOver(letter: Letter, done: () => void): void {
    const { namespaceId, workflowId, runId } = letter.to;
    const received = (run: Run | undefined): void => {
      this.#receive(letter, run);
      done();
    };
    const retry = (): void => this.#engine.later(this.#engine.nowMs + RETRY_MS, () => this.#handOver(letter, done));
    this.#engine.runs.find(namespaceId, workflowId, runId, received, retry);
  }

  #receive(letter: Letter, run: Run | undefined): void {
    const decision = new Decision();
    decision.writes.push({ kind: 'deleteOutbox', outboxNo: letter.outboxNo });
    decision.onVoided(() => this.#deliver(letter));
    const { message } = letter;
    if (message.kind === 'startChild') this.#startChild(decision, letter, message, run);
    else if (run !== undefined)
      this.#engine.decide(run, { kind: 'message', message }, decision, NO_CONTEXT, () => undefined);
    else this.#noReceiver(decision, message);
    this.#engine.submit(decision);
  }

  #startChild(decision: Decision, letter: Letter, message: MessageOf<'startChild'>, current: Run | undefined): void {
    const { start, requestId, from, initiatedEventId } = message;
    const facts = current === undefined ? undefined : currentFacts(current);
    const policies = {
      workflowId: letter.to.workflowId,
      requestId,
      reusePolicy: start.workflowIdReusePolicy as 0,
      conflictPolicy: 0 as const,
    };
    const verdict = decideStart(facts, policies);
    if (isRejection(verdict) || verdict.kind === 'useExisting') {
      const cause = StartChildWorkflowExecutionFailedCause.WORKFLOW_ALREADY_EXISTS;
      this.#answer(decision, from, { kind: 'childStartFailed', initiatedEventId, cause });
      return;
    }
    const attributes = WorkflowExecutionStartedEventAttributes.decode(start.attributes);
    const isRepeated = verdict.kind === 'sameRequest' && current !== undefined;
    const newRun = this.#childRun(letter, message, attributes);
    if (verdict.kind === 'terminateAndStart' && current !== undefined)
      terminateExisting(this.#engine, decision, current, newRun.runId);
    const run = isRepeated ? current : startRun(this.#engine, decision, newRun, NO_CONTEXT, current);
    this.#answer(decision, from, {
      kind: 'childStarted',
      initiatedEventId,
      runId: run.runId,
      header: attributes.header,
    });
  }

  #childRun(
    letter: Letter,
    message: MessageOf<'startChild'>,
    attributes: WorkflowExecutionStartedEventAttributes,
  ): NewRun {
    const { random, nowMs } = this.#engine;
    const runId = random.uuid();
    const { namespaceId, workflowId } = letter.to;
    const firstWorkflowTaskBackoff =
      attributes.cronSchedule === '' ? 0 : cronBackoffMs(attributes.cronSchedule, nowMs, nowMs);
    return {
      namespaceId,
      namespace: message.start.namespace,
      workflowId,
      runId,
      requestId: message.requestId,
      userMetadata: message.start.userMetadata,
      links: [],
      attributes: {
        ...attributes,
        originalExecutionRunId: runId,
        firstExecutionRunId: runId,
        firstWorkflowTaskBackoff,
        workflowExecutionExpirationTime: expiration(
          nowMs + firstWorkflowTaskBackoff,
          attributes.workflowExecutionTimeout ?? 0,
        ),
      },
    };
  }

  /** The receiver does not exist (any more): who waits for an answer gets one. */
  #noReceiver(decision: Decision, message: Exclude<ExecutionMessage, { kind: 'startChild' }>): void {
    const { kind } = message;
    if (kind === 'externalSignal')
      this.#answer(decision, message.from, {
        kind: 'externalSignalResolved',
        initiatedEventId: message.initiatedEventId,
        failedCause: NOT_FOUND,
      });
    if (kind === 'externalCancel')
      this.#answer(decision, message.from, {
        kind: 'externalCancelResolved',
        initiatedEventId: message.initiatedEventId,
        failedCause: NOT_FOUND,
      });
  }

  #answer(decision: Decision, to: Address, message: ExecutionMessage): void {
    this.lastNo += 1;
    const letter = { outboxNo: this.lastNo, to, message };
    const { namespaceId, workflowId } = to;
    decision.writes.push({
      kind: 'putOutbox',
      row: {
        outboxNo: letter.outboxNo,
        sourceExecNo: 0,
        namespaceId,
        workflowId,
        bytes: encodeValue({ runId: to.runId, message }),
      },
    });
    decision.onCommitted(() => this.#deliver(letter));
  }
}

function openLetter(row: OutboxRow): Letter {
  const { runId, message } = decodeValue(row.bytes) as { readonly runId: string; readonly message: ExecutionMessage };
  return { outboxNo: row.outboxNo, to: { namespaceId: row.namespaceId, workflowId: row.workflowId, runId }, message };
}

/** EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND, the same number for signals and cancel requests. */
const NOT_FOUND = 1;
const RECOVER_BATCH = 1_000;
const RETRY_MS = 1_000;
