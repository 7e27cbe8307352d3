/**
 * What the Service counts about itself, kept only when somebody asked for metrics. Names and labels are those of Temporal's
 * server where it has the like, so that its dashboards show ours; what only exists here begins with `perdure_`.
 *
 * A call costs two clock reads and a few additions; text is made when the endpoint is read.
 */
import type { CommitGroup } from '../ports/index.js';
import type { CallContext, CallHandler, CallResult, Reply } from '../transport/contract.js';

/** Upper bounds in seconds. */
const LATENCY_BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60] as const;

class Histogram {
  /** One count per bound, and one for what lies above all. */
  readonly counts = new Array<number>(LATENCY_BOUNDS.length + 1).fill(0);
  sumSeconds = 0;

  add(seconds: number): void {
    let index = 0;
    while (index < LATENCY_BOUNDS.length && seconds > (LATENCY_BOUNDS[index] ?? 0)) index += 1;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sumSeconds += seconds;
  }
}

class Operation {
  readonly isPoll: boolean;
  requests = 0;
  readonly latency = new Histogram();
  /** gRPC status code → answers with it. */
  readonly errors = new Map<number, number>();
  pollsAnswered = 0;
  pollsEmpty = 0;

  constructor(method: string) {
    this.isPoll = /Poll\w+TaskQueue$/.test(method);
  }
}

/** What is read off the Service when the metrics are asked for. */
export interface Gauges {
  readonly runsInMemory: number;
  readonly pollersParked: number;
  readonly callersWaiting: number;
}

export class ServiceMetrics {
  readonly #operations = new Map<string, Operation>();
  readonly #commitLatency = new Histogram();
  readonly #commitOutcomes = new Map<string, number>();
  #writes = 0;
  #transitions = 0;
  /** Milliseconds, from any moment on; never goes back. */
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The same handler, counted. */
  measure(handler: CallHandler): CallHandler {
    return { unary: (call, request, reply) => handler.unary(call, request, this.#begin(call, reply)) };
  }

  /** A commit group was handed to the store; the result is called with its outcome. */
  commitBegan({ writes }: CommitGroup): (outcome: string) => void {
    const beganMs = this.#nowMs();
    this.#writes += writes.length;
    for (const { kind } of writes) if (kind === 'appendTransition') this.#transitions += 1;
    return (outcome) => {
      this.#commitLatency.add((this.#nowMs() - beganMs) / 1000);
      this.#commitOutcomes.set(outcome, (this.#commitOutcomes.get(outcome) ?? 0) + 1);
    };
  }

  #begin(call: CallContext, reply: Reply): Reply {
    const operation = this.#operation(call.method);
    const beganMs = this.#nowMs();
    operation.requests += 1;
    return (result) => {
      operation.latency.add((this.#nowMs() - beganMs) / 1000);
      countAnswer(operation, result);
      reply(result);
    };
  }

  #operation(method: string): Operation {
    let operation = this.#operations.get(method);
    if (operation === undefined) this.#operations.set(method, (operation = new Operation(method)));
    return operation;
  }

  /** In the text format of Prometheus, version 0.0.4. */
  text(gauges: Gauges): string {
    const operations = [...this.#operations].map(([method, operation]) => ({ labels: labelsOf(method), operation }));
    const lines = new Lines();
    lines.family('service_requests', 'counter', 'Calls received.');
    for (const { labels, operation } of operations) lines.sample('service_requests', labels, operation.requests);
    lines.family('service_errors_with_type', 'counter', 'Calls answered with another status than OK.');
    for (const { labels, operation } of operations) {
      for (const [code, count] of operation.errors)
        lines.sample('service_errors_with_type', `${labels},error_type="${ERROR_TYPES[code] ?? code}"`, count);
    }
    lines.family('service_latency', 'histogram', 'Seconds from call to answer.');
    for (const { labels, operation } of operations) lines.histogram('service_latency', labels, operation.latency);
    lines.family('poll_success', 'counter', 'Polls answered with a task.');
    for (const { labels, operation } of operations)
      if (operation.pollsAnswered > 0) lines.sample('poll_success', labels, operation.pollsAnswered);
    lines.family('poll_timeouts', 'counter', 'Polls answered without a task.');
    for (const { labels, operation } of operations)
      if (operation.pollsEmpty > 0) lines.sample('poll_timeouts', labels, operation.pollsEmpty);
    this.#storeText(lines);
    gaugesText(lines, gauges);
    return lines.toString();
  }

  #storeText(lines: Lines): void {
    lines.family('persistence_latency', 'histogram', 'Seconds from a commit to its flush.');
    lines.histogram('persistence_latency', 'operation="Commit"', this.#commitLatency);
    lines.family('perdure_commits_total', 'counter', 'Commit groups by outcome.');
    for (const [outcome, count] of this.#commitOutcomes)
      lines.sample('perdure_commits_total', `outcome="${outcome}"`, count);
    lines.family('perdure_commit_writes_total', 'counter', 'Writes in those groups.');
    lines.sample('perdure_commit_writes_total', '', this.#writes);
    lines.family('perdure_transitions_total', 'counter', 'Transitions of workflow runs in those groups.');
    lines.sample('perdure_transitions_total', '', this.#transitions);
  }
}

function gaugesText(lines: Lines, gauges: Gauges): void {
  lines.family('perdure_runs_in_memory', 'gauge', 'Workflow runs held in memory.');
  lines.sample('perdure_runs_in_memory', '', gauges.runsInMemory);
  lines.family('perdure_pollers_parked', 'gauge', 'Polls that wait for a task.');
  lines.sample('perdure_pollers_parked', '', gauges.pollersParked);
  lines.family('perdure_callers_waiting', 'gauge', 'Calls that the engine has not answered yet.');
  lines.sample('perdure_callers_waiting', '', gauges.callersWaiting);
  const { rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  lines.family('process_resident_memory_bytes', 'gauge', 'Resident memory.');
  lines.sample('process_resident_memory_bytes', '', rss);
  lines.family('process_cpu_seconds_total', 'counter', 'CPU time, user and system.');
  lines.sample('process_cpu_seconds_total', '', (user + system) / 1_000_000);
}

/** The default message, without a byte, is a poll that found nothing. */
function countAnswer(operation: Operation, result: CallResult): void {
  if (!result.ok) operation.errors.set(result.code, (operation.errors.get(result.code) ?? 0) + 1);
  else if (operation.isPoll && result.bytes.length > 0) operation.pollsAnswered += 1;
  else if (operation.isPoll) operation.pollsEmpty += 1;
}

/** Names of Temporal's error classes by gRPC status code. */
const ERROR_TYPES: Readonly<Record<number, string>> = {
  1: 'serviceerror_Canceled',
  2: 'serviceerror_Unknown',
  3: 'serviceerror_InvalidArgument',
  4: 'serviceerror_DeadlineExceeded',
  5: 'serviceerror_NotFound',
  6: 'serviceerror_AlreadyExists',
  7: 'serviceerror_PermissionDenied',
  8: 'serviceerror_ResourceExhausted',
  9: 'serviceerror_FailedPrecondition',
  10: 'serviceerror_Aborted',
  11: 'serviceerror_OutOfRange',
  12: 'serviceerror_Unimplemented',
  13: 'serviceerror_Internal',
  14: 'serviceerror_Unavailable',
  15: 'serviceerror_DataLoss',
  16: 'serviceerror_Unauthenticated',
};

function labelsOf(method: string): string {
  return `operation="${method.slice(method.lastIndexOf('/') + 1)}",service_name="frontend"`;
}

class Lines {
  readonly #lines: string[] = [];

  family(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): void {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  }

  sample(name: string, labels: string, value: number): void {
    this.#lines.push(labels === '' ? `${name} ${value}` : `${name}{${labels}} ${value}`);
  }

  histogram(name: string, labels: string, { counts, sumSeconds }: Histogram): void {
    let sum = 0;
    counts.forEach((count, index) => {
      sum += count;
      this.sample(`${name}_bucket`, `${labels},le="${LATENCY_BOUNDS[index] ?? '+Inf'}"`, sum);
    });
    this.sample(`${name}_sum`, labels, sumSeconds);
    this.sample(`${name}_count`, labels, sum);
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}
