/** A server in this process, a client of it, and a worker by hand: what the tests of the client share. */
import type { TestContext } from 'node:test';
import {
  CommandType,
  packAny,
  Acceptance,
  Rejection,
  UpdateResponse,
  UpdateRequest,
  unpackAny,
} from '@perdure/protocol';
import type {
  Init,
  Outcome,
  PollWorkflowTaskQueueResponse,
  RespondWorkflowTaskCompletedRequest,
} from '@perdure/protocol';
import { createServer } from '@perdure/server';
import type { Server } from '@perdure/server';
import { errorToFailureBytes, valuesToBytes } from '../conversion/codec-pass.js';
import { defaultDataConverter } from '../conversion/data-converter.js';
import type { LoadedDataConverter } from '../conversion/data-converter.js';
import { Client } from './client.js';
import type { ClientOptions } from './client.js';
import { Connection } from './connection.js';

export interface World {
  readonly server: Server;
  readonly connection: Connection;
  readonly client: Client;
}

export function addressOf(server: Server): string {
  return `${server.address?.host ?? ''}:${server.address?.port ?? 0}`;
}

/** Everything is closed after the test. */
export async function world(t: TestContext, options: ClientOptions = {}): Promise<World> {
  const server = await createServer({ port: 0 });
  t.after(() => server.close(0));
  const connection = await Connection.connect({ address: addressOf(server) });
  t.after(() => connection.close());
  return { server, connection, client: new Client({ connection, ...options }) };
}

type Answer = Init<RespondWorkflowTaskCompletedRequest>;
type Command = NonNullable<Answer['commands']>[number];

/** Polls one workflow task of the queue `q` and answers it. */
export async function workflowTask(
  { connection }: Pick<World, 'connection'>,
  answer: (task: PollWorkflowTaskQueueResponse) => Answer | Promise<Answer>,
): Promise<PollWorkflowTaskQueueResponse> {
  const { workflowService } = connection;
  const namespace = 'default';
  const task = await workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: 'q' }, identity: 'hand' });
  const { taskToken } = task;
  const completion = await answer(task);
  if (task.query !== undefined) return task;
  await workflowService.respondWorkflowTaskCompleted({ namespace, taskToken, identity: 'hand', ...completion });
  return task;
}

export async function completed(
  value: unknown,
  converter: LoadedDataConverter = defaultDataConverter,
): Promise<Answer> {
  const attributes = { result: await valuesToBytes(converter, [value]) };
  return { commands: [{ commandType: CommandType.COMPLETE_WORKFLOW_EXECUTION, attributes } as Command] };
}

export async function failed(error: Error): Promise<Answer> {
  const attributes = { failure: await errorToFailureBytes(defaultDataConverter, error) };
  return { commands: [{ commandType: CommandType.FAIL_WORKFLOW_EXECUTION, attributes } as Command] };
}

export const continued: Answer = {
  commands: [
    {
      commandType: CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
      attributes: { workflowType: { name: 't' }, taskQueue: { name: 'q' } },
    } as Command,
  ],
};

export const cancelled: Answer = {
  commands: [{ commandType: CommandType.CANCEL_WORKFLOW_EXECUTION, attributes: {} } as Command],
};

/** Accepts the first update of the task; with an outcome, completes it too. */
export function accepted(task: PollWorkflowTaskQueueResponse, outcome?: Outcome): Answer {
  const { id, request, protocolInstanceId } = updateOf(task);
  const acceptance = { acceptedRequestMessageId: id, acceptedRequest: request };
  const messages = [{ id: 'accept', protocolInstanceId, body: packAny(Acceptance, acceptance) }];
  if (outcome !== undefined) messages.push(response(protocolInstanceId, outcome));
  return withMessages(messages);
}

/** Completes an update that was accepted before. */
export function updated(updateId: string, outcome: Outcome): Answer {
  return withMessages([response(updateId, outcome)]);
}

function response(
  updateId: string,
  outcome: Outcome,
): { id: string; protocolInstanceId: string; body: ReturnType<typeof packAny> } {
  return {
    id: 'respond',
    protocolInstanceId: updateId,
    body: packAny(UpdateResponse, { meta: { updateId }, outcome }),
  };
}

/** Refuses the first update of the task. */
export async function refused(task: PollWorkflowTaskQueueResponse, error: Error): Promise<Answer> {
  const { id, request, protocolInstanceId } = updateOf(task);
  const failure = await errorToFailureBytes(defaultDataConverter, error);
  const body = packAny(Rejection, { rejectedRequestMessageId: id, rejectedRequest: request, failure });
  return { messages: [{ id: 'reject', protocolInstanceId, body }] };
}

function withMessages(
  messages: { id: string; protocolInstanceId: string; body: ReturnType<typeof packAny> }[],
): Answer {
  const commandType = CommandType.PROTOCOL_MESSAGE;
  const commands = messages.map(({ id }) => ({ commandType, attributes: { messageId: id } }) as Command);
  return { messages, commands };
}

function updateOf(task: PollWorkflowTaskQueueResponse): {
  id: string;
  request: UpdateRequest;
  protocolInstanceId: string;
} {
  const [message] = task.messages;
  const request = message?.body && unpackAny(UpdateRequest, message.body);
  if (message === undefined || request === undefined) throw new Error('the task has no update');
  return { id: message.id, request, protocolInstanceId: message.protocolInstanceId };
}
