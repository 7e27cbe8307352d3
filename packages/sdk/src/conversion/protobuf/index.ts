/**
 * `perdure/converter/protobuf`: arguments and results that are protobuf messages, made with protobufjs (7 or 8). The package is
 * yours: nothing here loads it.
 *
 *     import root from './generated/root.js'; // pbjs -t json-module, or protobuf.Root.fromJSON(…), or pbjs -t static-module
 *     export const payloadConverter = new DefaultPayloadConverterWithProtobufs({ protobufRoot: root });
 */
export {
  DefaultPayloadConverterWithProtobufs,
  patchProtobufRoot,
  ProtobufBinaryPayloadConverter,
  ProtobufJsonPayloadConverter,
} from './protobuf-payload-converters.js';
export type { ProtobufRoot } from './message-types.js';
