/** Activities at the worker: they do what their plan says, by attempt. */
import { Failure, ApplicationErrorCategory } from '@perdure/protocol';
import type { TaskToken } from '@perdure/protocol';
import type { ActivityTarget, EngineRequest } from '@perdure/server/engine';
import type { ActivityPlan } from './plan.js';
import { NAMESPACE_ID, tokenOf } from './requests.js';
import { fromBytes, toBytes } from './text-bytes.js';
import type { ActivityTask, Worker } from './worker.js';

const HEARTBEAT_EVERY_MS = 250;

interface Attempt {
  readonly plan: ActivityPlan;
  readonly attempt: number;
  readonly token: TaskToken;
}

export class ActivityRunner {
  readonly #worker: Worker;
  #lastNonce = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  run(task: ActivityTask): void {
    const { world, faults } = this.#worker.parts;
    const attempt: Attempt = {
      plan: fromBytes(task.input) as ActivityPlan,
      attempt: task.attempt ?? 1,
      token: tokenOf(task.taskToken ?? new Uint8Array(0)),
    };
    let durationMs = attempt.plan.durationMs * this.#worker.rng.between(0.5, 1.5);
    if (faults.strikes('workerSlow', 0.05)) durationMs += faults.rng('workerSlow').pick([100, 2_500, 6_000]);
    if (attempt.plan.mode === 'heartbeat') this.#heartbeat(attempt, Math.max(durationMs, 300));
    else world.after(durationMs, () => this.#finish(attempt));
  }

  #finish(at: Attempt): void {
    if (!this.#worker.isAlive) return;
    const { mode, badAttempts } = at.plan;
    switch (mode) {
      case 'ok':
      case 'heartbeat':
        return this.#complete(at, { by: 'token', token: at.token });
      case 'byId': {
        const { workflowId, runId, activityId } = at.token;
        return this.#complete(at, { by: 'id', namespaceId: NAMESPACE_ID, workflowId, runId, activityId });
      }
      case 'fail':
        return at.attempt <= badAttempts ? this.#fail(at, false) : this.#complete(at, { by: 'token', token: at.token });
      case 'nonRetryable':
        return this.#fail(at, true);
      case 'hang':
        return at.attempt <= badAttempts ? undefined : this.#complete(at, { by: 'token', token: at.token });
    }
  }

  #complete(at: Attempt, target: ActivityTarget): void {
    this.#lastNonce += 1;
    const result = `${at.plan.id} attempt ${at.attempt} ${target.by} ${this.#worker.name}-${this.#lastNonce}`;
    const request = { result: toBytes(result), identity: this.#worker.name };
    this.#respond({ kind: 'respondActivityCompleted', target, request }, () => {
      const { workflowId, runId } = at.token;
      // By id the answer may have counted for a later attempt that was already answered; it counts all the same.
      this.#worker.parts.journal.activityResults.push({ workflowId, runId, result });
    });
  }

  #fail(at: Attempt, nonRetryable: boolean): void {
    const failure = Failure.encode({
      message: 'planned',
      applicationFailureInfo: { type: 'Planned', nonRetryable, category: ApplicationErrorCategory.UNSPECIFIED },
    });
    const request = { failure, identity: this.#worker.name, lastHeartbeatDetails: undefined };
    this.#respond(
      { kind: 'respondActivityFailed', target: { by: 'token', token: at.token }, request },
      () => undefined,
    );
  }

  #heartbeat(at: Attempt, restMs: number): void {
    const { world, network } = this.#worker.parts;
    if (!this.#worker.isAlive) return;
    if (restMs <= 0) return this.#finish(at);
    const target: ActivityTarget = { by: 'token', token: at.token };
    const request = { details: toBytes(restMs), identity: this.#worker.name };
    network.call(
      () => ({ kind: 'activityHeartbeat', target, request }),
      { timeoutMs: 2_000, isPoll: false },
      (result) => {
        if (result.kind === 'refused' || !this.#worker.isAlive) return;
        const isCancelled =
          result.kind === 'answer' && (result.response as { cancelRequested?: boolean }).cancelRequested === true;
        if (isCancelled) {
          this.#respond(
            { kind: 'respondActivityCanceled', target, request: { details: undefined, identity: this.#worker.name } },
            () => undefined,
          );
          return;
        }
        world.after(Math.min(restMs, HEARTBEAT_EVERY_MS), () => this.#heartbeat(at, restMs - HEARTBEAT_EVERY_MS));
      },
    );
  }

  #respond(request: EngineRequest, acknowledged: () => void): void {
    const send = (): void =>
      this.#worker.rpc.withRetries(
        () => request,
        { timeoutMs: 3_000, attemptsMax: 5, isWanted: () => this.#worker.isAlive },
        (result) => {
          if (result.kind === 'answer') acknowledged();
        },
      );
    send();
    // Some workers say everything twice.
    if (this.#worker.parts.faults.has('duplicate') && this.#worker.rng.chance(0.05)) {
      this.#worker.parts.network.call(
        () => request,
        { timeoutMs: 3_000, isPoll: false },
        () => undefined,
      );
    }
  }
}
