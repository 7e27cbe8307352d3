/** Messages ↔ `json/protobuf` and `binary/protobuf`. */
import {
  BinaryPayloadConverter,
  JsonPayloadConverter,
  UndefinedPayloadConverter,
} from '../default-payload-converter.js';
import type { JsonPayloadConverterOptions } from '../default-payload-converter.js';
import { encodingTypes, METADATA_ENCODING_KEY, METADATA_MESSAGE_TYPE_KEY } from '../encoding.js';
import { messageOf } from '../error-class.js';
import { PayloadConverterError, ValueError } from '../errors.js';
import type { Payload } from '../payload.js';
import { CompositePayloadConverter } from '../payload-converter.js';
import type { PayloadConverterWithEncoding } from '../payload-converter.js';
import { utf8Bytes, utf8Text } from '../utf8.js';
import { typeOfMessage, typeOfName } from './message-types.js';
import type { ProtobufRoot, TypeOfMessage } from './message-types.js';
import { messageFromJson, messageToJson } from './proto-json.js';

/** Messages of types with reflection ↔ `json/protobuf`: people can read it in the Web UI. */
export class ProtobufJsonPayloadConverter implements PayloadConverterWithEncoding {
  readonly encodingType = encodingTypes.METADATA_ENCODING_PROTOBUF_JSON;
  readonly #root: ProtobufRoot | undefined;

  /** Without a root messages can be written, but not read. */
  constructor(root?: ProtobufRoot) {
    this.#root = checkedRoot(root);
  }

  /** Undefined for what is no message, and for classes of static modules, which cannot say what they consist of. */
  toPayload(value: unknown): Payload | undefined {
    const type = typeOfMessage(value);
    if (type?.reflected === undefined) return undefined;
    const json = messageToJson(type.reflected, value as object);
    return payloadOf(this.encodingType, type.name, utf8Bytes(JSON.stringify(json)));
  }

  /** Throws PayloadConverterError when the message is not in the root, or the data are not its JSON. */
  fromPayload<T>(payload: Payload): T {
    const { type, data } = read(payload, this.#root);
    if (type.reflected === undefined) {
      throw new PayloadConverterError(
        `'${type.name}' is a class of a static module, which cannot read JSON: give a root with reflection (pbjs -t json-module)`,
      );
    }
    return messageFromJson(type.reflected, parsed(type.name, data)) as T;
  }
}

/** Messages ↔ `binary/protobuf`: small. */
export class ProtobufBinaryPayloadConverter implements PayloadConverterWithEncoding {
  readonly encodingType = encodingTypes.METADATA_ENCODING_PROTOBUF;
  readonly #root: ProtobufRoot | undefined;

  /** Without a root messages can be written, but not read. */
  constructor(root?: ProtobufRoot) {
    this.#root = checkedRoot(root);
  }

  /** Undefined for what is no message. */
  toPayload(value: unknown): Payload | undefined {
    const type = typeOfMessage(value);
    return type && payloadOf(this.encodingType, type.name, type.codec.encode(value as object).finish());
  }

  /** Throws PayloadConverterError when the message is not in the root, or the data are not such a message. */
  fromPayload<T>(payload: Payload): T {
    const { type, data } = read(payload, this.#root);
    try {
      // A copy in this realm's class: decoded bytes fields are views of it.
      return type.codec.decode(Uint8Array.from(data)) as T;
    } catch (error) {
      throw new PayloadConverterError(`A payload is not a '${type.name}': ${messageOf(error)}`, { cause: error });
    }
  }
}

/** Undefined, bytes, messages as JSON, messages as bytes, JSON: the order of the other SDKs. */
export class DefaultPayloadConverterWithProtobufs extends CompositePayloadConverter {
  constructor({ protobufRoot, ...json }: { protobufRoot: ProtobufRoot } & JsonPayloadConverterOptions) {
    super(
      new UndefinedPayloadConverter(),
      new BinaryPayloadConverter(),
      new ProtobufJsonPayloadConverter(protobufRoot),
      new ProtobufBinaryPayloadConverter(protobufRoot),
      new JsonPayloadConverter(json),
    );
  }
}

/** The root itself: nothing has to be added to it here. For programs that call it. */
export function patchProtobufRoot<T extends ProtobufRoot>(root: T): T {
  return root;
}

function checkedRoot(root: ProtobufRoot | undefined): ProtobufRoot | undefined {
  if (root === undefined || (typeof root === 'object' && root !== null)) return root;
  throw new ValueError('root must be a protobufjs Root, or the default export of a static module');
}

function payloadOf(encoding: string, name: string, data: Uint8Array): Payload {
  return {
    metadata: { [METADATA_ENCODING_KEY]: utf8Bytes(encoding), [METADATA_MESSAGE_TYPE_KEY]: utf8Bytes(name) },
    data,
  };
}

function read(payload: Payload, root: ProtobufRoot | undefined): { type: TypeOfMessage; data: Uint8Array } {
  const name = payload.metadata?.[METADATA_MESSAGE_TYPE_KEY];
  if (name === undefined) throw new ValueError('A protobuf payload does not say of which type its message is');
  if (!payload.data) throw new ValueError('A protobuf payload has no data');
  if (root === undefined) throw new PayloadConverterError('Protobuf messages cannot be read without a `root`');
  return { type: typeOfName(root, utf8Text(name)), data: payload.data };
}

function parsed(name: string, data: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Text(data));
  } catch (error) {
    throw new PayloadConverterError(`A payload with a '${name}' is not JSON: ${messageOf(error)}`, { cause: error });
  }
}
