/**
 * Payload codecs around the sandbox, in which all is in clear: every payload of an activation is decoded on its way in, every
 * payload of a completion encoded on its way out. Search attributes stay as they are, because the server must read them, and so do
 * headers, which are the interceptors' own.
 */
import { Memo, UserMetadata } from '@perdure/protocol';
import { decodeFailureBytes, decodePayloads, encodeFailureBytes, encodePayloads } from '../../conversion/codec-pass.js';
import type { LoadedDataConverter } from '../../conversion/data-converter.js';
import { payloadFromBytes, payloadsFromBytes, payloadsToBytes, payloadToBytes } from '../../conversion/payload.js';
import type { Payload } from '../../conversion/payload.js';
import type {
  Activation,
  ClosedResolution,
  Completion,
  Job,
  Resolution,
  WorkflowCommand,
} from '../../replay/contract.js';

/** Whether anything is to be done at all. */
export function needsPass({ payloadCodecs, failureConverter }: LoadedDataConverter): boolean {
  const options =
    'options' in failureConverter ? (failureConverter.options as { encodeCommonAttributes?: boolean }) : {};
  return payloadCodecs.length > 0 || options.encodeCommonAttributes === true;
}

type Bytes = Uint8Array | undefined;

/** One direction: each function answers undefined for undefined. */
interface Pass {
  payloads(bytes: Bytes): Promise<Bytes>;
  payload(bytes: Uint8Array): Promise<Uint8Array>;
  failure<B extends Bytes>(bytes: B): Promise<B>;
  memo(bytes: Bytes): Promise<Bytes>;
}

function passOf(
  each: (payloads: Payload[]) => Promise<Payload[]>,
  failure: (bytes: Uint8Array) => Promise<Uint8Array>,
): Pass {
  const payload = async (bytes: Uint8Array): Promise<Uint8Array> => {
    const [passed] = await each([payloadFromBytes(bytes)]);
    return passed === undefined ? bytes : payloadToBytes(passed);
  };
  const fields = async (map: ReadonlyMap<string, Uint8Array>): Promise<Map<string, Uint8Array>> => {
    const passed = new Map<string, Uint8Array>();
    for (const [name, bytes] of map) passed.set(name, await payload(bytes));
    return passed;
  };
  return {
    payload,
    async payloads(bytes) {
      const list = payloadsFromBytes(bytes);
      return list === undefined || list.length === 0 ? bytes : payloadsToBytes(await each(list));
    },
    async failure<B extends Bytes>(bytes: B) {
      return bytes === undefined ? bytes : ((await failure(bytes)) as B);
    },
    async memo(bytes) {
      return bytes === undefined ? bytes : Memo.encode({ fields: await fields(Memo.decode(bytes).fields) });
    },
  };
}

export async function decodeActivation(converter: LoadedDataConverter, activation: Activation): Promise<Activation> {
  const pass = passOf(
    (payloads) => decodePayloads(converter.payloadCodecs, payloads),
    (bytes) => decodeFailureBytes(converter, bytes),
  );
  return { ...activation, jobs: await Promise.all(activation.jobs.map((job) => decodeJob(pass, job))) };
}

async function decodeJob(pass: Pass, job: Job): Promise<Job> {
  switch (job.kind) {
    case 'initialize': {
      const { attributes } = job;
      return {
        ...job,
        attributes: {
          ...attributes,
          input: await pass.payloads(attributes.input),
          memo: await pass.memo(attributes.memo),
          continuedFailure: await pass.failure(attributes.continuedFailure),
          lastCompletionResult: await pass.payloads(attributes.lastCompletionResult),
        },
      };
    }
    case 'signal':
      return { ...job, input: await pass.payloads(job.input) };
    case 'doUpdate':
    case 'query':
      return { ...job, args: await pass.payloads(job.args) };
    case 'resolveActivity':
      return { ...job, result: await passResolution(pass, job.result) };
    case 'resolveChild':
      return { ...job, result: (await passResolution(pass, job.result)) as ClosedResolution };
    case 'resolveChildStart':
      if (job.result.status !== 'cancelled') return job;
      return { ...job, result: { ...job.result, failure: await pass.failure(job.result.failure) } };
    case 'resolveSignalExternal':
    case 'resolveCancelExternal':
      return { ...job, failure: await pass.failure(job.failure) };
    case 'notifyHasPatch':
    case 'updateRandomSeed':
    case 'cancelWorkflow':
    case 'fireTimer':
      return job;
  }
}

async function passResolution(pass: Pass, result: Resolution): Promise<Resolution> {
  switch (result.status) {
    case 'completed':
      return { ...result, result: await pass.payloads(result.result) };
    case 'failed':
    case 'cancelled':
      return { ...result, failure: await pass.failure(result.failure) };
    case 'backoff':
      return result;
  }
}

export async function encodeCompletion(converter: LoadedDataConverter, completion: Completion): Promise<Completion> {
  const pass = passOf(
    (payloads) => encodePayloads(converter.payloadCodecs, payloads),
    (bytes) => encodeFailureBytes(converter, bytes),
  );
  if (completion.status === 'failed') return { ...completion, failure: await pass.failure(completion.failure) };
  const commands = await Promise.all(
    completion.commands.map(async (command) => describedBy(pass, await encodeCommand(pass, command))),
  );
  return { ...completion, commands };
}

/** Summary and details of a command. */
async function describedBy(pass: Pass, command: WorkflowCommand): Promise<WorkflowCommand> {
  if (!('userMetadata' in command) || command.userMetadata === undefined) return command;
  const { summary, details } = UserMetadata.decode(command.userMetadata);
  const userMetadata = UserMetadata.encode({
    summary: summary && (await pass.payload(summary)),
    details: details && (await pass.payload(details)),
  });
  return { ...command, userMetadata };
}

async function encodeCommand(pass: Pass, command: WorkflowCommand): Promise<WorkflowCommand> {
  switch (command.kind) {
    case 'scheduleActivity':
      return { ...command, attributes: await withInput(pass, command.attributes) };
    case 'scheduleLocalActivity':
      return { ...command, attributes: await withInput(pass, command.attributes) };
    case 'signalExternal':
      return { ...command, attributes: await withInput(pass, command.attributes) };
    case 'startChild': {
      const attributes = await withInput(pass, command.attributes);
      return { ...command, attributes: { ...attributes, memo: await pass.memo(attributes.memo) } };
    }
    case 'continueAsNew': {
      const attributes = await withInput(pass, command.attributes);
      const memo = await pass.memo(attributes.memo);
      const lastCompletionResult = await pass.payloads(attributes.lastCompletionResult);
      return { ...command, attributes: { ...attributes, memo, lastCompletionResult } };
    }
    case 'modifyMemo':
      return { ...command, value: (await pass.memo(command.value)) ?? command.value };
    case 'completeWorkflow':
      return { ...command, result: await pass.payloads(command.result) };
    case 'failWorkflow':
      return { ...command, failure: await pass.failure(command.failure) };
    case 'respondUpdate':
      return { ...command, response: await encodeUpdate(pass, command.response) };
    case 'answerQuery':
      return { ...command, answer: await encodeAnswer(pass, command.answer) };
    case 'cancelWorkflow':
      return { ...command, details: await pass.payloads(command.details) };
    case 'startTimer':
    case 'cancelExternal':
    case 'upsertSearchAttributes':
    case 'cancelTimer':
    case 'cancelActivity':
    case 'cancelLocalActivity':
    case 'cancelSignal':
    case 'cancelChild':
    case 'setPatch':
      return command;
  }
}

async function withInput<A extends { readonly input?: Bytes }>(pass: Pass, attributes: A): Promise<A> {
  return { ...attributes, input: await pass.payloads(attributes.input) };
}

type UpdateResponse = Extract<WorkflowCommand, { kind: 'respondUpdate' }>['response'];
async function encodeUpdate(pass: Pass, response: UpdateResponse): Promise<UpdateResponse> {
  switch (response.status) {
    case 'accepted':
      return response;
    case 'completed':
      return { ...response, result: await pass.payloads(response.result) };
    case 'rejected':
    case 'failed':
      return { ...response, failure: await pass.failure(response.failure) };
  }
}

type Answer = Extract<WorkflowCommand, { kind: 'answerQuery' }>['answer'];
async function encodeAnswer(pass: Pass, answer: Answer): Promise<Answer> {
  if (answer.status === 'answered') return { ...answer, result: await pass.payloads(answer.result) };
  return { ...answer, failure: await pass.failure(answer.failure) };
}
