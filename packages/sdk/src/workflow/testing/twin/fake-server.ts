/** Answers commands with activations at random: what resolves when, together with what, in which order. */
import {
  ActivityFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  ApplicationFailure,
} from '../../../conversion/failure.js';
import { defaultFailureConverter } from '../../../conversion/failure-converter.js';
import { defaultPayloadConverter } from '../../../conversion/default-payload-converter.js';
import { payloadsToBytes } from '../../../conversion/payload.js';
import { failureToBytes } from '../../../conversion/proto-failure.js';
import type { Activation, Job } from '../../../replay/contract.js';
import type { Dice } from './random-program.js';
import { RUN } from './side.js';

/** Milliseconds since the epoch at which runs start. */
const START_MS = 1_700_000_000_000;
const ACTIVATIONS_MAX = 25;

type Pending = { readonly jobs: () => Job[] };

export class FakeServer {
  readonly #dice: Dice;
  readonly #mode: 'live' | 'old';
  readonly #pending = new Map<string, Pending>();
  #atOnce: Job[] = [];
  #count = 0;
  #messages = 0;
  #isOver = false;
  #cancelRequested = false;

  /** `old`: replays of histories that name none of the runtime's flags. */
  constructor(dice: Dice, mode: 'live' | 'old') {
    this.#dice = dice;
    this.#mode = mode;
  }

  first(program: unknown): Activation {
    const input = encode(program);
    const attributes = { input, attempt: 1, firstExecutionRunId: RUN.runId } as never;
    const start: Job = {
      kind: 'initialize',
      workflowId: RUN.workflowId,
      randomnessSeed: BigInt(Math.floor(this.#dice.next() * 2 ** 52)) << 11n,
      startTimeMs: START_MS,
      attributes,
    };
    return this.#activation([start, ...this.#messagesNow()]);
  }

  /** Undefined when nothing more can happen. */
  next(): Activation | undefined {
    if (this.#isOver || this.#count >= ACTIVATIONS_MAX) return undefined;
    if (this.#atOnce.length > 0) {
      const jobs = this.#atOnce;
      this.#atOnce = [];
      return this.#activation(jobs);
    }
    const jobs = this.#messagesNow();
    for (const [key, { jobs: resolve }] of this.#shuffled([...this.#pending])) {
      if (this.#dice.below(3) > 0) continue;
      this.#pending.delete(key);
      jobs.push(...resolve());
    }
    if (jobs.length === 0 && this.#pending.size === 0 && this.#count > 12) return undefined;
    return this.#activation(jobs.length === 0 ? [this.#signal()] : sorted(jobs));
  }

  #activation(jobs: readonly Job[]): Activation {
    this.#count += 1;
    return {
      runId: RUN.runId,
      timestampMs: START_MS + this.#count * 1000,
      isReplaying: this.#mode === 'old',
      historyLength: 3 * this.#count,
      historySizeBytes: 100 * this.#count,
      continueAsNewSuggested: false,
      continueAsNewReasons: [],
      runtimeFlags: [],
      lastSdkName: '',
      lastSdkVersion: '',
      buildId: '',
      deploymentName: '',
      jobs,
    };
  }

  #messagesNow(): Job[] {
    const jobs: Job[] = [];
    if (this.#mode === 'old' && this.#dice.below(6) === 0) jobs.push({ kind: 'notifyHasPatch', patchId: 'p' });
    while (this.#dice.below(3) === 0) jobs.push(this.#dice.below(3) > 0 ? this.#signal() : this.#update());
    if (!this.#cancelRequested && this.#dice.below(12) === 0) {
      this.#cancelRequested = true;
      jobs.push({ kind: 'cancelWorkflow', reason: '' });
    }
    return jobs;
  }

  #signal(): Job {
    const signalName = this.#dice.pick(['s1', 's2']);
    return { kind: 'signal', signalName, input: undefined, header: undefined, identity: '' };
  }

  #update(): Job {
    const updateId = `u-${++this.#messages}`;
    return {
      kind: 'doUpdate',
      updateId,
      protocolInstanceId: updateId,
      updateName: this.#dice.pick(['u1', 'u2']),
      args: encode(this.#dice.below(10)),
      header: undefined,
      identity: '',
      runValidator: this.#mode === 'live',
    };
  }

  #shuffled<T>(list: T[]): T[] {
    for (let i = list.length - 1; i > 0; i -= 1) {
      const j = this.#dice.below(i + 1);
      [list[i], list[j]] = [list[j]!, list[i]!];
    }
    return list;
  }

  /** Without cancellations of timers that are not running: the official runtime asks for some, and its core ignores them. */
  withoutIdleCancels(lines: readonly string[]): string[] {
    const running = new Set([...this.#pending.keys()].filter((key) => key.startsWith('startTimer')));
    return lines.filter((line) => {
      const [kind, seq] = line.split(' ');
      if (kind === 'startTimer') running.add(`startTimer ${seq}`);
      return kind !== 'cancelTimer' || running.delete(`startTimer ${seq}`);
    });
  }

  take(lines: readonly string[]): void {
    for (const line of lines) this.#takeOne(line);
  }

  #takeOne(line: string): void {
    const [kind = '', first = ''] = line.split(' ');
    const seq = Number(first);
    const pend = (...jobs: Job[]): void => void this.#pending.set(`${kind} ${first}`, { jobs: () => jobs });
    switch (kind) {
      case 'startTimer':
        return pend({ kind: 'fireTimer', seq });
      case 'cancelTimer':
        return void this.#pending.delete(`startTimer ${first}`);
      case 'scheduleActivity':
        return pend(this.#activityEnd(seq, false));
      case 'scheduleLocalActivity':
        return pend(this.#activityEnd(seq, true));
      case 'cancelActivity':
      case 'cancelLocalActivity':
        return this.#cancelActivity(seq, kind === 'cancelLocalActivity');
      case 'startChild':
        return this.#startChild(seq);
      case 'cancelChild':
        return this.#cancelChild(seq);
      case 'signalExternal':
        return pend({ kind: 'resolveSignalExternal', seq, failure: this.#maybeFailure() });
      case 'cancelExternal':
        return pend({ kind: 'resolveCancelExternal', seq, failure: this.#maybeFailure() });
      case 'cancelSignal':
        if (this.#pending.delete(`signalExternal ${first}`))
          this.#atOnce.push({
            kind: 'resolveSignalExternal',
            seq,
            failure: encodeError(new CancelledFailure('cancelled')),
          });
        return;
      case 'completeWorkflow':
      case 'failWorkflow':
      case 'cancelWorkflow':
      case 'continueAsNew':
      case 'failed:':
        this.#isOver = true;
    }
  }

  #maybeFailure(): Uint8Array | undefined {
    return this.#dice.below(4) === 0 ? encodeError(ApplicationFailure.create({ message: 'not there' })) : undefined;
  }

  #activityEnd(seq: number, isLocal: boolean): Job {
    const failure = encodeError(
      new ActivityFailure('failed', 'a', 'a', undefined, undefined, ApplicationFailure.create({ message: 'x' })),
    );
    const roll = this.#dice.below(4);
    if (isLocal && roll === 1) {
      const result = { status: 'backoff', attempt: 2, backoffMs: 5000, originalScheduleTimeMs: undefined } as const;
      return { kind: 'resolveActivity', seq, isLocal, result };
    }
    const result =
      roll === 0 ? ({ status: 'failed', failure } as const) : ({ status: 'completed', result: encode(seq) } as const);
    return { kind: 'resolveActivity', seq, isLocal, result };
  }

  #cancelActivity(seq: number, isLocal: boolean): void {
    const key = `${isLocal ? 'scheduleLocalActivity' : 'scheduleActivity'} ${seq}`;
    if (!this.#pending.has(key) || this.#dice.below(3) === 0) return;
    this.#pending.delete(key);
    const failure = encodeError(
      new ActivityFailure('cancelled', 'a', 'a', undefined, undefined, new CancelledFailure('')),
    );
    this.#atOnce.push({ kind: 'resolveActivity', seq, isLocal, result: { status: 'cancelled', failure } });
  }

  #startChild(seq: number): void {
    const roll = this.#dice.below(6);
    const failed = { status: 'failed', workflowId: 'w', workflowType: 'kid', cause: 1 } as const;
    const result = roll === 0 ? failed : ({ status: 'started', runId: 'r' } as const);
    this.#pending.set(`childStart ${seq}`, {
      jobs: () => {
        if (roll > 0) this.#pending.set(`child ${seq}`, { jobs: () => [this.#childEnd(seq)] });
        return [{ kind: 'resolveChildStart', seq, result }];
      },
    });
  }

  #childEnd(seq: number): Job {
    const ok = { status: 'completed', result: encode('kid') } as const;
    const failed = { status: 'failed', failure: childFailure(ApplicationFailure.create({ message: 'y' })) } as const;
    return { kind: 'resolveChild', seq, result: this.#dice.below(4) === 0 ? failed : ok };
  }

  #cancelChild(seq: number): void {
    const failure = childFailure(new CancelledFailure(''));
    if (this.#pending.delete(`childStart ${seq}`))
      this.#atOnce.push({ kind: 'resolveChildStart', seq, result: { status: 'cancelled', failure } });
    else if (this.#pending.delete(`child ${seq}`))
      this.#atOnce.push({ kind: 'resolveChild', seq, result: { status: 'cancelled', failure } });
  }
}

function childFailure(cause: Error): Uint8Array {
  const execution = { workflowId: 'w', runId: 'r' };
  return encodeError(new ChildWorkflowFailure('default', execution, 'kid', undefined, cause));
}

function encodeError(error: Error): Uint8Array {
  return failureToBytes(defaultFailureConverter.errorToFailure(error, defaultPayloadConverter));
}

function encode(value: unknown): Uint8Array | undefined {
  return payloadsToBytes([defaultPayloadConverter.toPayload(value)]);
}

/** As the core sorts them. */
function sorted(jobs: Job[]): Job[] {
  const rank = (job: Job): number => {
    if (job.kind === 'notifyHasPatch') return 1;
    if (job.kind === 'signal' || job.kind === 'doUpdate') return 3;
    return job.kind === 'resolveActivity' && job.isLocal ? 5 : 4;
  };
  return jobs.sort((a, b) => rank(a) - rank(b));
}
