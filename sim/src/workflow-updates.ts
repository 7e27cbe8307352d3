/** Updates as the simulated SDK answers them: refuse, accept, complete. */
import { Acceptance, EventType, Failure, Rejection, UpdateResponse } from '@perdure/protocol';
import type { Init, Message, UpdateRequest } from '@perdure/protocol';
import { emittedMessage } from './emitted.js';
import type { Emitted } from './emitted.js';
import { fromPayloads, toPayloads } from './text-bytes.js';

/** reject: by the validator. slow: completes in a later task. fail: completes with a failure. */
export type UpdateMode = 'ok' | 'slow' | 'fail' | 'reject';

export interface UpdateArgs {
  readonly mode: UpdateMode;
}

export function updateArgs(request: UpdateRequest): UpdateArgs {
  return fromPayloads(request.input?.args) as UpdateArgs;
}

export const updateIdOf = (request: UpdateRequest): string => request.meta?.updateId ?? '';

export const isRefused = (request: UpdateRequest): boolean => updateArgs(request).mode === 'reject';

const TYPE_PREFIX = 'type.googleapis.com/temporal.api.update.v1.';

export function rejectionOf(message: Message, request: UpdateRequest, startedEventId: number): Init<Message> {
  const updateId = updateIdOf(request);
  const value = Rejection.encode({
    rejectedRequestMessageId: message.id,
    rejectedRequestSequencingEventId: startedEventId - 1,
    rejectedRequest: request,
    failure: Failure.encode({ message: `refused ${updateId}` }),
  });
  return {
    id: `${updateId}/reject`,
    protocolInstanceId: updateId,
    body: { typeUrl: `${TYPE_PREFIX}Rejection`, value },
  };
}

export function acceptUpdate(request: UpdateRequest): Emitted {
  const updateId = updateIdOf(request);
  const value = Acceptance.encode({ acceptedRequestMessageId: `${updateId}/request`, acceptedRequest: request });
  const message = {
    id: `${updateId}/accept`,
    protocolInstanceId: updateId,
    body: { typeUrl: `${TYPE_PREFIX}Acceptance`, value },
  };
  return emittedMessage(EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED, message, updateId);
}

export function completeUpdate(request: UpdateRequest): Emitted {
  const updateId = updateIdOf(request);
  const outcome =
    updateArgs(request).mode === 'fail'
      ? { failure: Failure.encode({ message: `failed ${updateId}` }) }
      : { success: toPayloads(`done ${updateId}`) };
  const value = UpdateResponse.encode({ meta: { updateId, identity: 'sim' }, outcome });
  const message = {
    id: `${updateId}/complete`,
    protocolInstanceId: updateId,
    body: { typeUrl: `${TYPE_PREFIX}Response`, value },
  };
  return emittedMessage(EventType.WORKFLOW_EXECUTION_UPDATE_COMPLETED, message, updateId);
}
