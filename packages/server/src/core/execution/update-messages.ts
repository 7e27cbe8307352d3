/** Messages that a completion carries: how the worker answers updates (server-surface 3.8). */
import {
  Acceptance,
  EventType,
  MalformedMessageError,
  Rejection as UpdateRejection,
  UpdateRequest,
  UpdateResponse,
  WorkflowTaskFailedCause as Cause,
} from '@perdure/protocol';
import type { Message, MessageType, ProtocolMessageCommandAttributes } from '@perdure/protocol';
import type { CommandContext, CommandFailure } from './commands.js';
import type { Draft } from './draft.js';
import { dropAdmitted } from './update.js';

/** Each message is taken once: by the command that names it, or after the commands. */
export class TaskMessages {
  readonly #waiting: Map<string, Message>;
  constructor(messages: readonly Message[]) {
    this.#waiting = new Map(messages.map((message) => [message.id, message]));
  }
  take(id: string): Message | undefined {
    const message = this.#waiting.get(id);
    this.#waiting.delete(id);
    return message;
  }
  takeAll(): Message[] {
    const rest = [...this.#waiting.values()];
    this.#waiting.clear();
    return rest;
  }
}

export function protocolMessage(
  { draft, messages }: CommandContext,
  a: ProtocolMessageCommandAttributes,
): CommandFailure | undefined {
  const cause = Cause.BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE;
  if (a.messageId === '') return { cause, message: 'MessageID is not set on ProtocolMessageCommand.' };
  const message = messages.take(a.messageId);
  if (message === undefined) {
    return { cause, message: `ProtocolMessageCommand referenced absent message ID ${a.messageId}` };
  }
  return handleMessage(draft, message);
}

const TYPE_PREFIX = 'type.googleapis.com/';

export function handleMessage(draft: Draft, message: Message): CommandFailure | undefined {
  const typeName = message.body?.typeUrl.replace(TYPE_PREFIX, '') ?? '';
  const bytes = message.body?.value ?? new Uint8Array(0);
  switch (typeName) {
    case 'temporal.api.update.v1.Acceptance':
      return read(Acceptance, bytes, message, (acceptance) => accept(draft, message, acceptance));
    case 'temporal.api.update.v1.Rejection':
      return read(UpdateRejection, bytes, message, (rejection) => refuse(draft, message, rejection));
    case 'temporal.api.update.v1.Response':
      return read(UpdateResponse, bytes, message, (response) => respond(draft, message, response));
    default:
      return bad(`unknown message type "${typeName}" in message ${message.id}`);
  }
}

/** Bodies are bytes to everybody on their way here. */
function read<Body>(
  type: MessageType<Body>,
  bytes: Uint8Array,
  message: Message,
  then: (body: Body) => CommandFailure | undefined,
): CommandFailure | undefined {
  let body: Body;
  try {
    body = type.decodeUntrusted(bytes);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    return bad(`message ${message.id} cannot be read: ${error.message}`);
  }
  return then(body);
}

function bad(message: string): CommandFailure {
  return { cause: Cause.BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE, message };
}

function accept(draft: Draft, message: Message, acceptance: Acceptance): CommandFailure | undefined {
  const updateId = message.protocolInstanceId;
  const admitted = draft.state.volatile.admitted.get(updateId);
  // After a restart of the Service the update is not known any more: the acceptance carries the whole request.
  if (draft.state.updates.has(updateId)) return bad(`update ${updateId} was accepted already`);
  const request =
    acceptance.acceptedRequest ?? (admitted === undefined ? undefined : UpdateRequest.decode(admitted.request));
  if (request === undefined) return bad(`update ${updateId} is not known and its acceptance carries no request`);
  draft.write(EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED, {
    protocolInstanceId: updateId,
    acceptedRequestMessageId: acceptance.acceptedRequestMessageId,
    acceptedRequestSequencingEventId: acceptance.acceptedRequestSequencingEventId,
    acceptedRequest: request,
  });
  dropAdmitted(draft, updateId);
  draft.effect({ kind: 'updateAccepted', updateId });
  return undefined;
}

function refuse(draft: Draft, message: Message, rejection: UpdateRejection): CommandFailure | undefined {
  const updateId = message.protocolInstanceId;
  if (draft.state.updates.has(updateId)) return bad(`update ${updateId} cannot be rejected: it was accepted already`);
  dropAdmitted(draft, updateId);
  draft.effect({ kind: 'updateResolved', updateId, outcome: { kind: 'failure', failure: rejection.failure } });
  return undefined;
}

function respond(draft: Draft, message: Message, response: UpdateResponse): CommandFailure | undefined {
  const updateId = message.protocolInstanceId;
  const update = draft.state.updates.get(updateId);
  if (update === undefined) return bad(`update ${updateId} was completed before it was accepted`);
  if (update.completedEventId !== 0) return bad(`update ${updateId} was completed already`);
  const { outcome } = response;
  if (outcome === undefined || (outcome.success === undefined && outcome.failure === undefined))
    return bad(`update ${updateId} was completed without an outcome`);
  draft.write(EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED, {
    meta: response.meta ?? { updateId, identity: '' },
    acceptedEventId: update.acceptedEventId,
    outcome,
  });
  draft.effect({
    kind: 'updateResolved',
    updateId,
    outcome:
      outcome.failure === undefined
        ? { kind: 'success', result: outcome.success }
        : { kind: 'failure', failure: outcome.failure },
  });
  return undefined;
}
