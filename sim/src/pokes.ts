/** What callers do to a workflow beside starting it: signals, updates, queries, reads, cancels, rival starts. */
import {
  QueryRejectCondition,
  UpdateWorkflowExecutionLifecycleStage,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@perdure/protocol';
import type { UpdateWorkflowExecutionRequest } from '@perdure/protocol';
import type { ListFilter, ListPage } from '@perdure/server/ports';
import type { SignalPromise, StartPromise, UpdatePromise } from './journal.js';
import * as requests from './requests.js';
import type { Rng } from './rng.js';
import type { Rpc } from './rpc.js';
import { WORKFLOW_QUEUE } from './run-plan.js';
import type { StoryFacts, StoryParts } from './story-facts.js';
import { fromBytes, toBytes, toPayloads } from './text-bytes.js';
import type { UpdateMode } from './workflow-updates.js';

export const RPC = { timeoutMs: 4_000, attemptsMax: 12 };

export class Pokes {
  readonly #parts: StoryParts;
  readonly #facts: StoryFacts;
  readonly #rng: Rng;
  readonly #rpc: Rpc;

  constructor(parts: StoryParts, facts: StoryFacts, rng: Rng, rpc: Rpc) {
    this.#parts = parts;
    this.#facts = facts;
    this.#rng = rng;
    this.#rpc = rpc;
  }

  any(): void {
    const poke = this.#rng.weighted([
      [6, () => this.#signal()],
      [4, () => this.#update()],
      [3, () => this.#query()],
      [3, () => this.#look()],
      [1, () => this.#cancel()],
      [0.6, () => this.#terminate()],
      [0.6, () => this.#resetSticky()],
      [1.4, () => this.#startAgain()],
    ]);
    poke();
  }

  /** A new signal, and what will be promised about it. */
  signalPromise(): SignalPromise {
    const promise: SignalPromise = {
      signalId: this.#facts.newId('signal'),
      workflowId: this.#facts.workflowId,
      isAcknowledged: false,
      isRefused: false,
      attempts: 0,
    };
    this.#parts.journal.signals.push(promise);
    return promise;
  }

  #signal(): void {
    const promise = this.signalPromise();
    const execution = { workflowId: this.#facts.workflowId, runId: '' };
    const request = {
      workflowExecution: execution,
      signalName: 'sim',
      input: toBytes(promise.signalId),
      requestId: promise.signalId,
      identity: 'client',
    };
    this.#rpc.withRetries(
      () => requests.signal(request),
      { ...RPC, onAttempt: () => (promise.attempts += 1) },
      (result) => {
        promise.isAcknowledged = result.kind === 'answer';
        promise.isRefused = result.kind === 'refused';
        if (promise.isAcknowledged) this.#facts.acknowledgedSignals += 1;
      },
    );
  }

  /** A new update, and what will be promised about it. */
  newUpdate(): { update: UpdateWorkflowExecutionRequest; promise: UpdatePromise } {
    const mode = this.#rng.pick(['ok', 'ok', 'slow', 'fail', 'reject'] as const) satisfies UpdateMode;
    const promise: UpdatePromise = {
      updateId: this.#facts.newId('update'),
      workflowId: this.#facts.workflowId,
      mode,
      runId: undefined,
      outcome: undefined,
    };
    this.#parts.journal.updates.push(promise);
    const update = requests.updateRequest({
      workflowExecution: { workflowId: this.#facts.workflowId, runId: '' },
      waitPolicy: {
        lifecycleStage: this.#rng.chance(0.7)
          ? UpdateWorkflowExecutionLifecycleStage.COMPLETED
          : UpdateWorkflowExecutionLifecycleStage.ACCEPTED,
      },
      request: {
        meta: { updateId: promise.updateId, identity: 'client' },
        input: { name: 'sim', args: toPayloads({ mode }) },
      },
    });
    return { update, promise };
  }

  #update(): void {
    const { update, promise } = this.newUpdate();
    this.#rpc.withRetries(
      (deadlineMs) => requests.update(update, deadlineMs),
      { ...RPC, attemptsMax: 6 },
      (result) => {
        if (result.kind === 'answer') noteUpdate(promise, result.response);
      },
    );
  }

  #query(): void {
    const seenBefore = this.#facts.acknowledgedSignals;
    const request = {
      execution: { workflowId: this.#facts.workflowId, runId: '' },
      query: { queryType: 'signals' },
      queryRejectCondition: QueryRejectCondition.NONE,
    };
    this.#rpc.withRetries(
      (deadlineMs) => requests.query(request, deadlineMs),
      { timeoutMs: 6_000, attemptsMax: 3 },
      (result) => {
        if (result.kind !== 'answer' || result.from.isZombie) return;
        const signals = fromBytes((result.response as { queryResult?: Uint8Array }).queryResult) as
          string[] | undefined;
        // Runs that follow begin with no signals, so only a lone run can be held to it.
        const own = signals?.filter((id) => id.startsWith(`${this.#facts.workflowId}-`)).length ?? 0;
        if (this.#facts.isLone && signals !== undefined && own < seenBefore) {
          this.#parts.world.failures.report(
            'staleQuery',
            `${this.#facts.workflowId}: a query saw ${own} signals, ${seenBefore} were acknowledged before it`,
          );
        }
      },
    );
  }

  /** Reads that change nothing, but must work. */
  #look(): void {
    const options = { timeoutMs: 3_000, attemptsMax: 2 };
    const kind = this.#rng.pick(['describe', 'history', 'reverse', 'list'] as const);
    switch (kind) {
      case 'describe':
        return this.#rpc.withRetries(
          () => requests.describe(this.#facts.workflowId, ''),
          options,
          () => undefined,
        );
      case 'history':
      case 'reverse': {
        const reverse = kind === 'reverse';
        const pageSize = this.#rng.int(1, 10);
        return this.#rpc.withRetries(
          (deadlineMs) =>
            requests.getHistory({
              workflowId: this.#facts.workflowId,
              runId: '',
              reverse,
              fromEventId: reverse ? 0 : 1,
              pageSize,
              deadlineMs,
            }),
          options,
          () => undefined,
        );
      }
      case 'list': {
        const query = { filter: { kind: 'every', terms: [] }, order: [], groupBy: undefined } as const;
        return this.#list({
          namespaceId: requests.NAMESPACE_ID,
          query,
          pageSize: this.#rng.pick([3, 1_000]),
          cursor: '',
        });
      }
    }
  }

  /** Callers see their own writes. */
  #list(filter: ListFilter): void {
    const own = this.#facts.runId;
    this.#rpc.withRetries(
      () => ({ kind: 'list', filter }),
      { timeoutMs: 3_000, attemptsMax: 2 },
      (result) => {
        if (result.kind !== 'answer' || result.from.isZombie || filter.pageSize < 1_000 || own === undefined) return;
        const page = result.response as ListPage;
        if (page.kind !== 'page' || page.rows.some(({ runId }) => runId === own)) return;
        this.#parts.world.failures.report(
          'staleList',
          `${this.#facts.workflowId}: a list does not show run ${own}, whose start was answered before`,
        );
      },
    );
  }

  #cancel(): void {
    const request = {
      workflowExecution: { workflowId: this.#facts.workflowId, runId: '' },
      requestId: this.#facts.newId('cancel'),
      identity: 'client',
    };
    this.#rpc.withRetries(
      () => requests.requestCancel(request),
      RPC,
      () => undefined,
    );
  }

  #terminate(): void {
    const request = {
      workflowExecution: { workflowId: this.#facts.workflowId, runId: '' },
      reason: 'simulated',
      identity: 'client',
    };
    this.#rpc.withRetries(
      () => requests.terminate(request),
      RPC,
      () => undefined,
    );
  }

  #resetSticky(): void {
    this.#rpc.withRetries(
      () => requests.resetSticky(this.#facts.workflowId),
      RPC,
      () => undefined,
    );
  }

  /** Another caller starts the same workflow id, by another policy. */
  #startAgain(): void {
    this.#facts.hasRival = true;
    const conflict = this.#rng.pick([
      WorkflowIdConflictPolicy.USE_EXISTING,
      WorkflowIdConflictPolicy.USE_EXISTING,
      WorkflowIdConflictPolicy.TERMINATE_EXISTING,
      WorkflowIdConflictPolicy.FAIL,
    ]);
    const attaches = conflict === WorkflowIdConflictPolicy.USE_EXISTING && this.#rng.chance(0.6);
    const request = requests.startRequest({
      workflowId: this.#facts.workflowId,
      workflowType: { name: 'plan' },
      taskQueue: { name: WORKFLOW_QUEUE },
      input: toBytes({ id: this.#facts.workflowId, plan: { ...this.#facts.plan, end: 'complete', continuations: 0 } }),
      requestId: this.#facts.newId('again'),
      identity: 'client',
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      workflowIdConflictPolicy: conflict,
      onConflictOptions: attaches
        ? { attachRequestId: true, attachCompletionCallbacks: false, attachLinks: false }
        : undefined,
    });
    const promise: StartPromise = {
      requestId: request.requestId,
      workflowId: this.#facts.workflowId,
      runId: undefined,
      started: false,
      via: 'start',
    };
    this.#parts.journal.starts.push(promise);
    this.#facts.startsPending += 1;
    this.#rpc.withRetries(
      () => requests.start(request),
      RPC,
      (result) => {
        this.#facts.startsPending -= 1;
        if (result.kind !== 'answer') return;
        const { runId, started } = result.response as { runId: string; started: boolean };
        promise.runId = runId;
        promise.started = started;
      },
    );
  }
}

export function noteUpdate(promise: UpdatePromise, response: object | undefined): void {
  if (response === undefined) return;
  const { stage, outcome, updateRef } = response as {
    stage?: number;
    outcome?: { success?: Uint8Array; failure?: Uint8Array };
    updateRef?: { workflowExecution?: { runId?: string } };
  };
  if ((stage ?? 0) >= UpdateWorkflowExecutionLifecycleStage.ACCEPTED)
    promise.runId = updateRef?.workflowExecution?.runId;
  if (outcome !== undefined) promise.outcome = outcome.success === undefined ? 'failure' : 'success';
}
