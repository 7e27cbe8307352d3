/** An update: requested, accepted or rejected by the code, completed later. Its answers travel as protocol messages. */
import { Acceptance, CommandType, EventType, Rejection, UpdateResponse } from '@perdure/protocol';
import type { Any, HistoryEvent, Init, UpdateRequest } from '@perdure/protocol';
import type { RespondUpdate } from '../contract.js';
import type { MachineOutput, MachineRules, Outgoing } from './machine.js';
import { advance, go } from './table.js';
import type { Table } from './table.js';

export type UpdateState = 'requested' | 'toAccept' | 'running' | 'toAcceptAndComplete' | 'toComplete' | 'closed';
export type UpdateInput = 'accept' | 'reject' | 'complete' | 'acceptedEvent' | 'completedEvent';
type Effect = 'sendAcceptance' | 'sendRejection' | 'sendResponse';

export const updateTable: Table<UpdateState, UpdateInput, Effect> = {
  requested: {
    accept: go('toAccept', 'sendAcceptance'),
    reject: go('closed', 'sendRejection'),
    complete: 'refuse',
    acceptedEvent: 'refuse',
    completedEvent: 'refuse',
  },
  toAccept: {
    accept: 'refuse',
    reject: 'refuse',
    complete: go('toAcceptAndComplete', 'sendResponse'),
    acceptedEvent: go('running'),
    completedEvent: 'refuse',
  },
  running: {
    accept: 'refuse',
    reject: 'refuse',
    complete: go('toComplete', 'sendResponse'),
    acceptedEvent: 'refuse',
    completedEvent: 'refuse',
  },
  toAcceptAndComplete: {
    accept: 'refuse',
    reject: 'refuse',
    complete: 'refuse',
    acceptedEvent: go('toComplete'),
    completedEvent: 'refuse',
  },
  toComplete: {
    accept: 'refuse',
    reject: 'refuse',
    complete: 'refuse',
    acceptedEvent: 'refuse',
    completedEvent: go('closed'),
  },
  closed: { accept: 'refuse', reject: 'refuse', complete: 'refuse', acceptedEvent: 'refuse', completedEvent: 'refuse' },
};

/** A request as it came with a Workflow Task, or as history kept it when it was accepted. */
export interface IncomingUpdate {
  readonly messageId: string;
  readonly protocolInstanceId: string;
  /** It is delivered after this event. */
  readonly sequencingEventId: number;
  readonly request: UpdateRequest;
}

export interface UpdateMachine {
  readonly kind: 'update';
  readonly incoming: IncomingUpdate;
  readonly dropped: false;
  state: UpdateState;
}

export function requestUpdate(incoming: IncomingUpdate, out: MachineOutput): UpdateMachine {
  const { meta, input } = incoming.request;
  out.jobs.push({
    kind: 'doUpdate',
    updateId: meta?.updateId ?? '',
    protocolInstanceId: incoming.protocolInstanceId,
    updateName: input?.name ?? '',
    args: input?.args,
    header: input?.header,
    identity: meta?.identity ?? '',
    runValidator: !out.replaying,
  });
  return { kind: 'update', incoming, dropped: false, state: 'requested' };
}

const RESPONSE_INPUTS = {
  accepted: 'accept',
  rejected: 'reject',
  completed: 'complete',
  failed: 'complete',
} as const satisfies { readonly [status in RespondUpdate['response']['status']]: UpdateInput };

/** False if the code answers what it has answered before, or completes what it has not accepted. */
export function respondUpdate(machine: UpdateMachine, command: RespondUpdate, out: MachineOutput): boolean {
  const { response } = command;
  // A failure of an accepted update is its outcome; before, it is a rejection.
  const effects = advance(updateTable, machine, RESPONSE_INPUTS[response.status]);
  if (effects === undefined) return false;
  for (const effect of effects)
    switch (effect) {
      case 'sendAcceptance':
        send(machine, 'accept', acceptance(machine.incoming), out);
        out.outgoing.push({ machine, commandType: CommandType.PROTOCOL_MESSAGE, part: 'accept' });
        break;
      case 'sendRejection':
        if (response.status === 'rejected') send(machine, 'reject', rejection(machine.incoming, response.failure), out);
        break;
      case 'sendResponse':
        send(machine, 'complete', outcome(machine.incoming, response), out);
        out.outgoing.push({ machine, commandType: CommandType.PROTOCOL_MESSAGE, part: 'complete' });
        break;
    }
  return true;
}

/** Replays send nothing: the server has had the message. */
function send(machine: UpdateMachine, part: string, body: Init<Any>, out: MachineOutput): void {
  const { messageId, protocolInstanceId } = machine.incoming;
  if (!out.replaying) out.messages.push({ id: `${messageId}/${part}`, protocolInstanceId, body });
}

const TYPE_URL = 'type.googleapis.com/temporal.api.update.v1.';

function acceptance({ messageId, sequencingEventId, request }: IncomingUpdate): Init<Any> {
  const value = Acceptance.encode({
    acceptedRequestMessageId: messageId,
    acceptedRequestSequencingEventId: sequencingEventId,
    acceptedRequest: request,
  });
  return { typeUrl: `${TYPE_URL}Acceptance`, value };
}

function rejection({ messageId, sequencingEventId, request }: IncomingUpdate, failure: Uint8Array): Init<Any> {
  const value = Rejection.encode({
    rejectedRequestMessageId: messageId,
    rejectedRequestSequencingEventId: sequencingEventId,
    rejectedRequest: request,
    failure,
  });
  return { typeUrl: `${TYPE_URL}Rejection`, value };
}

function outcome({ request }: IncomingUpdate, response: RespondUpdate['response']): Init<Any> {
  const value = UpdateResponse.encode({
    meta: request.meta,
    outcome:
      response.status === 'completed'
        ? { success: response.result ?? new Uint8Array() }
        : { failure: response.status === 'accepted' ? undefined : response.failure },
  });
  return { typeUrl: `${TYPE_URL}Response`, value };
}

const WORDS = { accept: 'accepted', complete: 'completed' } as const;

export const updateRules: MachineRules<UpdateMachine> = {
  isOver: (machine) => machine.state === 'closed',
  describe: ({ incoming }, { part = 'accept' }) =>
    `${WORDS[part]} update ${incoming.request.input?.name ?? ''} (id ${incoming.protocolInstanceId})`,
  differs(machine, event) {
    return updateIdOf(event) === machine.incoming.protocolInstanceId ? undefined : 'it is another update';
  },
  applyEvent(machine, event) {
    const input = event.eventType === EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED ? 'acceptedEvent' : 'completedEvent';
    return advance(updateTable, machine, input) !== undefined;
  },
  toWire: (machine, outgoing: Outgoing) => ({
    commandType: CommandType.PROTOCOL_MESSAGE,
    attributes: { messageId: `${machine.incoming.messageId}/${outgoing.part ?? 'accept'}` },
  }),
};

function updateIdOf(event: HistoryEvent): string {
  if (event.eventType === EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED) return event.attributes.protocolInstanceId;
  return event.eventType === EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED
    ? (event.attributes.meta?.updateId ?? '')
    : '';
}
