/** The calls behind an activity client, after the interceptors. */
import { randomUUID } from 'node:crypto';
import { errorFromFailureBytes, valueFromBytes, valuesToBytes } from '../../conversion/codec-pass.js';
import type { LoadedDataConverter } from '../../conversion/data-converter.js';
import { defaultPayloadConverter } from '../../conversion/default-payload-converter.js';
import { optionalDurationMs } from '../../conversion/duration.js';
import { ValueError } from '../../conversion/errors.js';
import { payloadFromBytes } from '../../conversion/payload.js';
import { compilePriority } from '../../conversion/priority.js';
import { compileRetryPolicy } from '../../conversion/retry-policy.js';
import { withSerializationContext } from '../../conversion/serialization-context.js';
import type { ClientContext } from '../context.js';
import { attributeBytes } from '../schedule/schedule-wire.js';
import { headerBytes, userMetadataBytes } from '../start-request.js';
import { translated } from '../service-errors.js';
import { activityDescription, activityListInfo } from './descriptions.js';
import { encodeActivityIdConflictPolicy, encodeActivityIdReusePolicy } from './enums.js';
import { ActivityExecutionFailedError, activityError } from './errors.js';
import type {
  ActivityClientCalls,
  ActivityGetResultInput,
  ActivityListInput,
  ActivityStartInput,
} from './interceptors.js';
import { decodeOptions, encodeOptionsUpdate } from './options-update.js';
import type { ActivityExecutionInfo } from './types.js';

type Calls = Omit<ActivityClientCalls, 'start'> & { start(input: ActivityStartInput): Promise<string> };

/** Each call of the client as it goes to the server; `start` answers with the run id. */
export function activityCalls(context: ClientContext): Calls {
  const { connection, namespace, identity } = context;
  const { workflowService } = connection;
  const target = (input: ActivityGetResultInput) => ({
    namespace,
    activityId: input.activityId,
    runId: input.activityRunId,
  });
  const asked = (input: ActivityGetResultInput) => ({ ...target(input), identity, requestId: randomUUID() });
  async function call<T>(
    what: string,
    { activityId }: { readonly activityId: string },
    send: () => Promise<T>,
  ): Promise<T> {
    try {
      return await send();
    } catch (thrown) {
      throw activityError(thrown, `The activity '${activityId}' could not be ${what}`, activityId);
    }
  }
  return {
    async start(input) {
      const request = await startRequest(context, input);
      const send = () => workflowService.startActivityExecution(request);
      return (await call('started', { activityId: input.options.id }, send)).runId;
    },
    getResult: (input) => result(context, input),
    async describe(input) {
      const request = { ...target(input), ...input.options };
      const answer = await call('described', input, () => workflowService.describeActivityExecution(request));
      return activityDescription(converterOf(context, input.activityId), answer);
    },
    async cancel(input) {
      const request = { ...asked(input), reason: input.reason };
      await call('cancelled', input, () => workflowService.requestCancelActivityExecution(request));
    },
    async terminate(input) {
      const request = { ...asked(input), reason: input.reason };
      await call('terminated', input, () => workflowService.terminateActivityExecution(request));
    },
    async pause(input) {
      const request = { ...asked(input), reason: input.options.reason };
      await call('paused', input, () => workflowService.pauseActivityExecution(request));
    },
    async unpause(input) {
      const { reason, jitter } = input.options;
      const request = { ...asked(input), reason, jitter: optionalDurationMs(jitter) };
      await call('unpaused', input, () => workflowService.unpauseActivityExecution(request));
    },
    async updateOptions(input) {
      const request = { ...asked(input), ...encodeOptionsUpdate(input.options) };
      const send = () => workflowService.updateActivityExecutionOptions(request);
      return decodeOptions((await call('updated', input, send)).activityOptions);
    },
    async restoreOriginalOptions(input) {
      const request = { ...asked(input), restoreOriginal: true };
      const send = () => workflowService.updateActivityExecutionOptions(request);
      return decodeOptions((await call('updated', input, send)).activityOptions);
    },
    list: (input) => list(context, input),
    async count({ query }) {
      const send = () => workflowService.countActivityExecutions({ namespace, query });
      const { count, groups } = await translated('Activities could not be counted', send);
      const value = (bytes: Uint8Array): unknown => defaultPayloadConverter.fromPayload(payloadFromBytes(bytes));
      return {
        count,
        groups: groups.map((group) => ({ count: group.count, groupValues: group.groupValues.map(value) })),
      };
    },
  };
}

function converterOf({ dataConverter, namespace }: ClientContext, activityId: string): LoadedDataConverter {
  return withSerializationContext(dataConverter, { type: 'activity', namespace, activityId, isLocal: false });
}

async function startRequest(context: ClientContext, { activityType, options, headers }: ActivityStartInput) {
  checkOptions(options);
  const converter = converterOf(context, options.id);
  return {
    namespace: context.namespace,
    identity: context.identity,
    requestId: randomUUID(),
    activityId: options.id,
    activityType: { name: activityType },
    taskQueue: { name: options.taskQueue },
    input: await valuesToBytes(converter, options.args ?? [], `argument of activity '${activityType}'`),
    scheduleToCloseTimeout: optionalDurationMs(options.scheduleToCloseTimeout),
    scheduleToStartTimeout: optionalDurationMs(options.scheduleToStartTimeout),
    startToCloseTimeout: optionalDurationMs(options.startToCloseTimeout),
    heartbeatTimeout: optionalDurationMs(options.heartbeatTimeout),
    startDelay: optionalDurationMs(options.startDelay),
    retryPolicy: options.retry && compileRetryPolicy(options.retry),
    priority: options.priority && compilePriority(options.priority),
    idReusePolicy: encodeActivityIdReusePolicy(options.idReusePolicy),
    idConflictPolicy: encodeActivityIdConflictPolicy(options.idConflictPolicy),
    searchAttributes: attributeBytes(options.typedSearchAttributes),
    header: headerBytes(headers),
    userMetadata: await userMetadataBytes(converter, options.summary, undefined),
  };
}

function checkOptions(options: ActivityStartInput['options']): void {
  for (const name of ['id', 'taskQueue'] as const) {
    if (typeof options[name] !== 'string' || options[name] === '') {
      throw new ValueError(`The option \`${name}\` of an activity is missing`);
    }
  }
  if (options.startToCloseTimeout === undefined && options.scheduleToCloseTimeout === undefined) {
    throw new ValueError(
      'An activity needs `startToCloseTimeout` (for one attempt) or `scheduleToCloseTimeout` (for all): how long may it take?',
    );
  }
}

async function result(context: ClientContext, { activityId, activityRunId }: ActivityGetResultInput): Promise<unknown> {
  const { connection, namespace } = context;
  const converter = converterOf(context, activityId);
  for (;;) {
    const request = { namespace, activityId, runId: activityRunId };
    const { outcome, runId } = await connection.workflowService
      .pollActivityExecution(request)
      .catch((thrown: unknown) => {
        throw activityError(thrown, `Waiting for the result of the activity '${activityId}' failed`, activityId);
      });
    if (outcome?.failure !== undefined) {
      const cause = await errorFromFailureBytes(converter, outcome.failure);
      throw new ActivityExecutionFailedError('Activity execution failed', cause, activityId, runId || activityRunId);
    }
    // Without an outcome the wait has ended on the server's side: it starts anew.
    if (outcome !== undefined) return valueFromBytes(converter, outcome.result);
  }
}

async function* list(
  { connection, namespace }: ClientContext,
  { query }: ActivityListInput,
): AsyncGenerator<ActivityExecutionInfo> {
  let nextPageToken: Uint8Array = new Uint8Array(0);
  do {
    const send = () => connection.workflowService.listActivityExecutions({ namespace, query, nextPageToken });
    const page = await translated('Activities could not be listed', send);
    yield* page.executions.map(activityListInfo);
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
}
