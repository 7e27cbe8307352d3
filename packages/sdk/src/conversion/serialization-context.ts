/** For whom a converter or codec works: it may have keys by tenant, for instance. */
import type { LoadedDataConverter } from './data-converter.js';
import { defaultPayloadConverter } from './default-payload-converter.js';
import { defaultFailureConverter } from './failure-converter.js';
import type { FailureConverter } from './failure-converter.js';

/** The data of a workflow. When it deals with a child or another workflow, of that one. */
export interface WorkflowSerializationContext {
  type: 'workflow';
  namespace: string;
  workflowId: string;
}

/** The data of an activity: arguments, result, heartbeats, failures. */
export interface ActivitySerializationContext {
  type: 'activity';
  namespace: string;
  activityId?: string | undefined;
  /** Of the workflow that has scheduled it; undefined when there is none, or it is not known. */
  workflowId?: string | undefined;
  isLocal: boolean;
}

export type SerializationContext = WorkflowSerializationContext | ActivitySerializationContext;

/** The converter with everything in it told for whom it works. */
export function withSerializationContext(
  converter: LoadedDataConverter,
  context: SerializationContext,
): LoadedDataConverter {
  const { payloadConverter, failureConverter, payloadCodecs } = converter;
  return {
    payloadConverter:
      payloadConverter === defaultPayloadConverter
        ? payloadConverter
        : {
            toPayload: (value) => payloadConverter.toPayload(value, context),
            fromPayload: (payload) => payloadConverter.fromPayload(payload, context),
          },
    failureConverter:
      failureConverter === defaultFailureConverter
        ? failureConverter
        : {
            ...optionsOf(failureConverter),
            errorToFailure: (error, payloads) => failureConverter.errorToFailure(error, payloads, context),
            failureToError: (failure, payloads) => failureConverter.failureToError(failure, payloads, context),
          },
    payloadCodecs: payloadCodecs.map((codec) => ({
      encode: (payloads) => codec.encode(payloads, context),
      decode: (payloads) => codec.decode(payloads, context),
    })),
  };
}

/** What is asked of a converter besides its methods. */
function optionsOf(failureConverter: FailureConverter): object {
  return 'options' in failureConverter ? { options: failureConverter.options } : {};
}
