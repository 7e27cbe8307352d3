/**
 * Law 3: what leaves was true on disk. Keeps what is flushed, and holds every answer and refusal against it at the moment
 * it leaves the process.
 */
import { History } from '@perdure/protocol';
import { isClosed } from '@perdure/server/core';
import type { Rejection } from '@perdure/server/core';
import type { EngineReply, EngineRequest, HistoryAnswer } from '@perdure/server/engine';
import type { CommitGroup, Write } from '@perdure/server/ports';
import type { Disk, DiskObserver } from '../disk.js';
import { tokenOf } from '../requests.js';
import type { World } from '../world.js';

interface DurableRun {
  readonly runId: string;
  readonly workflowId: string;
  lastEventId: number;
  status: number;
  /** When its row was flushed first. */
  readonly sinceMs: number;
  /** When it was found open on disk for the last time; undefined once closed. */
  isOpen: boolean;
}

export interface AskedRequest {
  readonly request: EngineRequest;
  readonly askedAtMs: number;
}

export class DurableView implements DiskObserver {
  readonly #world: World;
  readonly #byExecNo = new Map<number, DurableRun>();
  readonly #byRunId = new Map<string, DurableRun>();
  readonly #current = new Map<string, DurableRun>();

  constructor(world: World, disk: Disk) {
    this.#world = world;
    disk.observe(this);
  }

  applied(): void {
    // Not flushed yet.
  }

  reverted(): void {
    // Was never flushed.
  }

  flushed(group: CommitGroup): void {
    const lastEventIds = new Map<number, number>();
    for (const write of group.writes) {
      if (write.kind === 'appendTransition' && write.eventCount > 0)
        lastEventIds.set(write.execNo, write.firstEventId + write.eventCount - 1);
      if (write.kind === 'putExecution') this.#row(write);
      if (write.kind === 'deleteExecution') this.#forget(write.execNo);
    }
    for (const [execNo, lastEventId] of lastEventIds) {
      const run = this.#byExecNo.get(execNo);
      if (run !== undefined) run.lastEventId = lastEventId;
    }
  }

  /** An answer leaves. */
  left(server: string, isZombie: boolean, { request, askedAtMs }: AskedRequest, reply: EngineReply): void {
    // It may read what the new owner has written and not flushed yet; real stores keep such a process out.
    if (isZombie) return;
    if (!reply.ok) return this.#refused(server, request, askedAtMs, reply.rejection);
    switch (request.kind) {
      case 'getHistory':
        return this.#history(server, request.history.withPendingTask, reply.response as HistoryAnswer);
      case 'describe':
        return this.#described(server, reply.response as Described);
      case 'pollWorkflowTask':
        return this.#task(server, reply.response as StartedTask);
      case 'start':
      case 'signalWithStart': {
        const { runId } = reply.response as { runId: string };
        if (!this.#byRunId.has(runId))
          this.#fail(server, `${request.kind} was answered with run ${runId}, which is not on disk`);
        return;
      }
      default:
        return;
    }
  }

  #row(write: Extract<Write, { kind: 'putExecution' }>): void {
    const { execNo, row, isCurrent } = write;
    let run = this.#byExecNo.get(execNo);
    if (run === undefined || run.runId !== row.runId) {
      run = {
        runId: row.runId,
        workflowId: row.workflowId,
        lastEventId: 0,
        status: row.status,
        sinceMs: this.#world.nowMs,
        isOpen: true,
      };
      this.#byExecNo.set(execNo, run);
      this.#byRunId.set(row.runId, run);
    }
    run.status = row.status;
    run.isOpen = !isClosed(row.status as 1);
    if (isCurrent) this.#current.set(row.workflowId, run);
  }

  #forget(execNo: number): void {
    const run = this.#byExecNo.get(execNo);
    if (run === undefined) return;
    this.#byExecNo.delete(execNo);
    this.#byRunId.delete(run.runId);
    if (this.#current.get(run.workflowId) === run) this.#current.delete(run.workflowId);
  }

  #history(server: string, withPendingTask: boolean, answer: HistoryAnswer): void {
    const run = this.#byRunId.get(answer.runId);
    const lastEventId = History.decode(answer.history).events.reduce((max, event) => Math.max(max, event.eventId), 0);
    const allowance = withPendingTask ? 2 : 0;
    if (run === undefined)
      return lastEventId === 0
        ? undefined
        : this.#fail(server, `history of run ${answer.runId} was shown, which is not on disk`);
    if (lastEventId > run.lastEventId + allowance)
      this.#fail(
        server,
        `history of ${run.workflowId} was shown up to event ${lastEventId}, on disk are ${run.lastEventId}`,
      );
    if (!answer.isRunning && run.isOpen)
      this.#fail(server, `${run.workflowId} was shown as closed, on disk it is open`);
  }

  #described(server: string, { workflowExecutionInfo: info }: Described): void {
    const run = this.#byRunId.get(info?.execution?.runId ?? '');
    if (run === undefined)
      return this.#fail(server, `run ${info?.execution?.runId ?? ''} was described, which is not on disk`);
    if ((info?.historyLength ?? 0) > run.lastEventId)
      this.#fail(
        server,
        `${run.workflowId} was described with ${info?.historyLength} events, on disk are ${run.lastEventId}`,
      );
    if (isClosed(info?.status as 1) && run.isOpen)
      this.#fail(server, `${run.workflowId} was described as closed, on disk it is open`);
  }

  #task(server: string, task: StartedTask): void {
    if (task.taskToken === undefined || task.query !== undefined) return;
    const token = tokenOf(task.taskToken);
    const run = this.#byRunId.get(token.runId);
    // Transient and speculative tasks have two events that are not written yet.
    const allowance = (task.attempt ?? 1) > 1 || (task.messages?.length ?? 0) > 0 ? 2 : 0;
    const known = run?.lastEventId ?? 0;
    if ((task.startedEventId ?? 0) > known + allowance)
      this.#fail(
        server,
        `a task of ${token.workflowId} was given out with event ${task.startedEventId}, on disk are ${known}`,
      );
  }

  /** The current run was open on disk, or there, all the time since the question. */
  #refused(server: string, request: EngineRequest, askedAtMs: number, { code, message, detail }: Rejection): void {
    if (detail?.kind === 'alreadyStarted' && !this.#byRunId.has(detail.runId))
      this.#fail(server, `a start was refused for run ${detail.runId}, which is not on disk`);
    const workflowId = targetOf(request);
    if (workflowId === undefined) return;
    const current = this.#current.get(workflowId);
    if (current === undefined || current.sinceMs >= askedAtMs) return;
    if (code === 'WORKFLOW_NOT_FOUND' && message.includes('not found for'))
      this.#fail(server, `${request.kind} of ${workflowId} was refused: "${message}", on disk it is there`);
    if (code === 'WORKFLOW_CLOSED' && current.isOpen)
      this.#fail(server, `${request.kind} of ${workflowId} was refused: "${message}", on disk it is open`);
  }

  #fail(server: string, message: string): void {
    this.#world.failures.report('dirtyRead', `${server}: ${message}`);
  }
}

/** The workflow id of requests to its current run. */
function targetOf(request: EngineRequest): string | undefined {
  switch (request.kind) {
    case 'signal':
    case 'requestCancel':
    case 'terminate':
      return request.request.workflowExecution?.runId === '' ? request.request.workflowExecution.workflowId : undefined;
    default:
      return undefined;
  }
}

interface Described {
  readonly workflowExecutionInfo?: {
    readonly execution?: { readonly runId?: string };
    readonly historyLength?: number;
    readonly status?: number;
  };
}

interface StartedTask {
  readonly taskToken?: Uint8Array;
  readonly query?: object;
  readonly startedEventId?: number;
  readonly attempt?: number;
  readonly messages?: readonly object[];
}
