/**
 * gRPC server reflection, v1 and v1alpha (their messages are the same): what services there are and how their messages look.
 * Descriptors come from outside and may be loaded at the first question.
 */

import type { CallContext, CallHandler, ResponseStream, RequestSink, Service, TransportLog } from './contract.js';
import { fail, statusCode } from './grpc-status.js';
import { readFields, stringField, writeBytes, writeVarint } from './wire.js';

export type DescriptorQuery =
  /** The file of this name, `temporal/api/common/v1/message.proto`. */
  | { readonly kind: 'file'; readonly name: string }
  /** The file that defines this message, enum, service or method. */
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'extension'; readonly containingType: string; readonly number: number };

/** Encoded FileDescriptorProto of the answer, or undefined when nothing fits. */
export type DescriptorSource = (query: DescriptorQuery) => Promise<Uint8Array | undefined>;

/** Field numbers of ServerReflectionRequest and ServerReflectionResponse. */
const requestField = {
  host: 1,
  fileByName: 3,
  fileBySymbol: 4,
  fileByExtension: 5,
  extensionNumbers: 6,
  listServices: 7,
};
const responseField = { host: 1, request: 2, file: 4, extensionNumbers: 5, services: 6, error: 7 };

/** Questions of one call waiting for their answer. */
const waitingQuestionsMax = 256;

export class Reflection implements CallHandler {
  readonly services: readonly Service[] = ['v1', 'v1alpha'].map((version) => ({
    name: `grpc.reflection.${version}.ServerReflection`,
    methods: new Map([['ServerReflectionInfo', 'streaming']]),
    handler: this,
  }));
  readonly #serviceNames: readonly string[];
  readonly #source: DescriptorSource;
  readonly #log: TransportLog;

  /** The names of the reflection services themselves are added to the list. */
  constructor(serviceNames: readonly string[], source: DescriptorSource, log: TransportLog) {
    this.#serviceNames = [...serviceNames, ...this.services.map((service) => service.name)].sort();
    this.#source = source;
    this.#log = log;
  }

  unary(): void {
    throw new Error('reflection has no unary method');
  }

  /** Questions are answered one after the other, in their order. */
  streaming(context: CallContext, responses: ResponseStream): RequestSink {
    let last = Promise.resolve();
    let waiting = 0;
    const failed = (error: unknown): void => {
      this.#log('error', 'reflection failed', { error });
      responses.end(fail(statusCode.internal, 'internal error'));
    };
    const answer = async (request: Uint8Array): Promise<void> => {
      if (!context.isCancelled) responses.send(await this.#answer(request));
      waiting -= 1;
    };
    return {
      message: (bytes) => {
        waiting += 1;
        if (waiting > waitingQuestionsMax) {
          return responses.end(fail(statusCode.resourceExhausted, 'too many reflection requests at once'));
        }
        const request = Buffer.from(bytes);
        last = last.then(() => answer(request)).catch(failed);
      },
      ended: () => void last.then(() => responses.end()),
    };
  }

  async #answer(request: Uint8Array): Promise<Uint8Array> {
    const fields = readFields(request) ?? [];
    const host = stringField(fields, requestField.host);
    const head = Buffer.concat([writeBytes(responseField.host, host), writeBytes(responseField.request, request)]);
    // The question is a oneof: as everywhere in protobuf, the last one counts.
    const question = fields.findLast((field) => field.number >= requestField.fileByName);
    const body = await this.#body(question?.number ?? 0, question?.bytes ?? new Uint8Array(0));
    return Buffer.concat([head, body]);
  }

  async #body(kind: number, bytes: Uint8Array): Promise<Buffer> {
    const name = Buffer.from(bytes).toString('utf8');
    if (kind === requestField.listServices) return listServices(this.#serviceNames);
    if (kind === requestField.fileByName) return this.#file({ kind: 'file', name });
    if (kind === requestField.fileBySymbol) return this.#file({ kind: 'symbol', name });
    if (kind === requestField.fileByExtension) {
      const fields = readFields(bytes) ?? [];
      const number = fields.findLast((field) => field.number === 2)?.varint ?? 0;
      return this.#file({ kind: 'extension', containingType: stringField(fields, 1), number });
    }
    if (kind === requestField.extensionNumbers) return this.#extensionNumbers(name);
    return error(statusCode.invalidArgument, 'not a reflection request this server knows');
  }

  async #file(query: DescriptorQuery): Promise<Buffer> {
    const descriptor = await this.#source(query);
    if (descriptor === undefined) return error(statusCode.notFound, notFoundText(query));
    return writeBytes(responseField.file, writeBytes(1, descriptor));
  }

  /** No served type is extended; a type that exists has an empty list. */
  async #extensionNumbers(typeName: string): Promise<Buffer> {
    const descriptor = await this.#source({ kind: 'symbol', name: typeName });
    if (descriptor === undefined) return error(statusCode.notFound, `type not found: ${typeName}`);
    return writeBytes(responseField.extensionNumbers, writeBytes(1, typeName));
  }
}

function listServices(names: readonly string[]): Buffer {
  return writeBytes(responseField.services, Buffer.concat(names.map((name) => writeBytes(1, writeBytes(1, name)))));
}

function error(code: number, message: string): Buffer {
  return writeBytes(responseField.error, Buffer.concat([writeVarint(1, code), writeBytes(2, message)]));
}

function notFoundText(query: DescriptorQuery): string {
  switch (query.kind) {
    case 'file':
      return `file not found: ${query.name}`;
    case 'symbol':
      return `symbol not found: ${query.name}`;
    case 'extension':
      return `extension not found: ${query.containingType} ${query.number}`;
  }
}
