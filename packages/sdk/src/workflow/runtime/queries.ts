/** Queries: answered from what the code has in memory; they change nothing. */
import { RawValue } from '../../conversion/raw-value.js';
import { ensureTemporalFailure } from '../../conversion/failure.js';
import { messageOf } from '../../conversion/error-class.js';
import type { Job } from '../../replay/contract.js';
import { DeterminismViolationError } from './errors.js';
import { intercepted } from './interceptors.js';
import type { QueryInput } from './interceptors.js';
import {
  checkReserved,
  ENHANCED_STACK_TRACE_QUERY,
  isReserved,
  METADATA_QUERY,
  STACK_TRACE_QUERY,
} from './reserved.js';
import type { Run } from './run.js';
import { locationsOf, sourceOf, waitingPlaces } from './stacks.js';
import type { EnhancedStackTrace, StackTraceFileSlice } from './stacks.js';
import { suggestNames } from './suggest.js';
import { decodeHeaders, decodeValues, encodeValue } from './values.js';
import { SDK_VERSION } from '../../conversion/version.js';

interface BuiltIn {
  readonly description: string;
  readonly answer: (run: Run) => unknown;
}

/** Their answers are for tools, which do not have the user's converter. */
const BUILT_IN: ReadonlyMap<string, BuiltIn> = new Map([
  [STACK_TRACE_QUERY, { description: 'Where the workflow waits.', answer: (run) => waitingPlaces(run).join('\n\n') }],
  [
    ENHANCED_STACK_TRACE_QUERY,
    { description: 'Where the workflow waits, with files and lines as data.', answer: enhancedStackTrace },
  ],
  [METADATA_QUERY, { description: 'Handlers of the workflow and its current details.', answer: metadata }],
] satisfies [string, BuiltIn][]);

export function answerQuery(run: Run, job: Extract<Job, { kind: 'query' }>): void {
  const { queryId, queryName } = job;
  if (run.handlers.defaultQuery !== undefined && !isKnown(run, queryName)) checkReserved('query', queryName);
  const inbound = isReserved(queryName) ? undefined : run.loaded.interceptors.inbound;
  const handle = intercepted(inbound, 'handleQuery', (input: QueryInput) => callHandler(run, input));
  const readInput = (): QueryInput => ({
    queryName,
    queryId,
    args: decodeValues(run.conversion, job.args),
    headers: decodeHeaders(job.header),
  });
  void new Promise<unknown>((resolve) => resolve(handle(readInput())))
    .then((value) => ({ status: 'answered', result: encodeValue(run.conversion, value) }) as const)
    .catch((error: unknown) => {
      const failure = run.failureOf(ensureTemporalFailure(error));
      return { status: 'failed', message: messageOf(error), failure } as const;
    })
    .then((answer) => run.push({ kind: 'answerQuery', queryId, answer }));
}

function isKnown(run: Run, name: string): boolean {
  return run.handlers.queries.has(name) || BUILT_IN.has(name);
}

async function callHandler(run: Run, { queryName, args }: QueryInput): Promise<unknown> {
  const builtIn = BUILT_IN.get(queryName);
  if (builtIn !== undefined) return new RawValue(builtIn.answer(run));
  const { queries, defaultQuery } = run.handlers;
  const handler = queries.get(queryName)?.handler;
  if (handler === undefined && defaultQuery === undefined) throw new ReferenceError(unknownQuery(run, queryName));
  const value: unknown = handler === undefined ? defaultQuery?.(queryName, ...args) : handler(...args);
  if (!isPromise(value)) return value;
  // It must not end up as a rejection that nobody handles.
  value.then(undefined, () => undefined);
  throw new DeterminismViolationError(
    `Query handlers should not return a Promise: the handler of query '${queryName}' is async or awaits something. ` +
      'A query is answered at once from the state of the workflow. Return a value, or make it an update.',
  );
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

function unknownQuery(run: Run, name: string): string {
  const known = [...BUILT_IN.keys(), ...run.handlers.queries.keys()];
  return `Workflow did not register a handler for ${name}. ${suggestNames(name, known, 'queries')}`;
}

function enhancedStackTrace(run: Run): EnhancedStackTrace {
  const stacks = waitingPlaces(run).map((place) => ({ locations: locationsOf(place) }));
  const sources: Record<string, StackTraceFileSlice[]> = {};
  if (run.setup.showStackTraceSources) {
    for (const { file_path } of stacks.flatMap(({ locations }) => locations)) {
      const content = file_path === undefined ? undefined : sourceOf(file_path);
      if (file_path !== undefined && content !== undefined) sources[file_path] = [{ line_offset: 0, content }];
    }
  }
  return { sdk: { name: 'typescript', version: SDK_VERSION }, stacks, sources };
}

function metadata(run: Run): unknown {
  const { queries, signals, updates } = run.handlers;
  const described = (handlers: Iterable<[string, { description?: string | undefined }]>) =>
    [...handlers].map(([name, { description }]) => ({ name, description }));
  return {
    definition: {
      type: run.setup.workflowType,
      queryDefinitions: described([...BUILT_IN, ...queries]),
      signalDefinitions: described(signals),
      updateDefinitions: described(updates),
    },
    currentDetails: run.currentDetails,
  };
}
