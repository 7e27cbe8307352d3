/**
 * gRPC server reflection: descriptors of everything served, and the answers to reflection requests.
 * This is the one file that loads @temporalio/proto at run time (some 200 ms, 30 MB), so import it only when a client
 * asks. The package keeps no file names and no imports, so there is one descriptor file per protobuf package here,
 * named by its path, with imports computed from the types it uses. Options (HTTP annotations, docs) are left out.
 */
import { createRequire } from 'node:module';
import { allRpcs } from './rpc.js';
import { TableCodec } from './table-codec.js';

const REFLECTION_SERVICES = ['grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'];
const PACKAGES = /^(temporal\.api\.(?!cloud)|google\.(protobuf|rpc)$|grpc\.health\.)/;
const WELL_KNOWN = /^(Any|Duration|Empty|FieldMask|ListValue|Struct|Timestamp|Value|\w+Value)$/;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

/** Descriptors by file name and by symbol. */
export interface ReflectionIndex {
  /** Full names of the services served, sorted. */
  readonly services: readonly string[];
  /** The file and all it imports, each an encoded FileDescriptorProto; undefined when there is none of that name. */
  filesByName(name: string): Uint8Array[] | undefined;
  /** The same for the file that declares a message, enum, service or method, by full name. */
  filesBySymbol(symbol: string): Uint8Array[] | undefined;
}

interface DescriptorFile {
  readonly bytes: Uint8Array;
  readonly imports: readonly string[];
}

/** Loads the descriptors. Takes a few hundred milliseconds; keep the result. */
export function loadReflection(): ReflectionIndex {
  const declared = loadDescriptors();
  const files = new Map<string, DescriptorFile>();
  const symbols = new Map<string, string>();
  for (const file of declared) symbolsOf(file).forEach((symbol) => symbols.set(symbol, file.name));
  for (const file of declared) {
    const imports = new Set(qualifyTypes(file, symbols).map((symbol) => symbols.get(symbol) ?? file.name));
    file.dependency = [...imports].filter((name) => name !== file.name).sort();
    files.set(file.name, { bytes: encodeFile(file), imports: file.dependency });
  }
  const filesByName = (name: string): Uint8Array[] | undefined => (files.has(name) ? closure(files, name) : undefined);
  return {
    services: [...new Set(allRpcs().map((rpc) => rpc.service))].sort(),
    filesByName,
    filesBySymbol: (symbol) => {
      const name = symbols.get(symbol);
      return name === undefined ? undefined : filesByName(name);
    },
  };
}

/** A file and what it imports, each once, imports after importers. */
function closure(files: ReadonlyMap<string, DescriptorFile>, name: string): Uint8Array[] {
  const names = new Set([name]);
  for (const next of names) for (const imported of files.get(next)?.imports ?? []) names.add(imported);
  return [...names].map((each) => (files.get(each) as DescriptorFile).bytes);
}

// --- answering

/** Answers one encoded ServerReflectionRequest (v1 and v1alpha are the same on the wire). */
export function answerReflection(index: ReflectionIndex, requestBytes: Uint8Array): Uint8Array {
  const request = ReflectionRequest.decode(requestBytes);
  const answer = reflectionAnswer(index, request);
  return ReflectionResponse.encode({ validHost: request.host, originalRequest: requestBytes, ...answer });
}

function reflectionAnswer(index: ReflectionIndex, request: ReflectionRequest): Partial<ReflectionResponse> {
  if (request.listServices !== undefined) {
    const names = [...index.services, ...REFLECTION_SERVICES];
    return { listServicesResponse: { service: names.map((name) => ({ name })) } };
  }
  const { fileByFilename, fileContainingSymbol } = request;
  if (fileByFilename === undefined && fileContainingSymbol === undefined) {
    return { errorResponse: { errorCode: UNIMPLEMENTED, errorMessage: 'extensions are not served' } };
  }
  const files =
    fileByFilename !== undefined
      ? index.filesByName(fileByFilename)
      : index.filesBySymbol(fileContainingSymbol as string);
  if (files) return { fileDescriptorResponse: { fileDescriptorProto: files } };
  return {
    errorResponse: { errorCode: NOT_FOUND, errorMessage: `not found: ${fileByFilename ?? fileContainingSymbol}` },
  };
}

interface ReflectionRequest {
  host: string;
  fileByFilename?: string | undefined;
  fileContainingSymbol?: string | undefined;
  listServices?: string | undefined;
}

interface ReflectionResponse {
  validHost: string;
  originalRequest?: Uint8Array | undefined;
  fileDescriptorResponse?: { fileDescriptorProto: Uint8Array[] } | undefined;
  listServicesResponse?: { service: { name: string }[] } | undefined;
  errorResponse?: { errorCode: number; errorMessage: string } | undefined;
}

// These messages are not in the npm package.
const ReflectionRequest = new TableCodec<ReflectionRequest>(
  'grpc.reflection.v1.ServerReflectionRequest',
  '1 s host,3 s? fileByFilename,4 s? fileContainingSymbol,7 s? listServices',
);
const Files = new TableCodec('grpc.reflection.v1.FileDescriptorResponse', '1 y* fileDescriptorProto');
const Service = new TableCodec('grpc.reflection.v1.ServiceResponse', '1 s name');
const Services = new TableCodec('grpc.reflection.v1.ListServiceResponse', '1 m* service', () => [Service]);
const Refusal = new TableCodec('grpc.reflection.v1.ErrorResponse', '1 i errorCode,2 s errorMessage');
const ReflectionResponse = new TableCodec<ReflectionResponse>(
  'grpc.reflection.v1.ServerReflectionResponse',
  '1 s validHost,2 y? originalRequest,4 m? fileDescriptorResponse,6 m? listServicesResponse,7 m? errorResponse',
  () => [Files, Services, Refusal],
);

// --- descriptors, as protobufjs makes them

interface FieldDescriptor {
  name: string;
  typeName?: string;
  options?: unknown;
}

interface EnumDescriptor {
  name: string;
  options?: unknown;
  value?: { options?: unknown }[];
}

interface MessageDescriptor {
  name: string;
  field: FieldDescriptor[];
  nestedType: MessageDescriptor[];
  enumType: EnumDescriptor[];
  oneofDecl: { options?: unknown }[];
  options?: { mapEntry?: boolean } | undefined;
}

interface MethodDescriptor {
  name: string;
  inputType: string;
  outputType: string;
  options?: unknown;
}

interface FileDescriptor {
  name: string;
  package: string;
  syntax: string;
  dependency: string[];
  messageType: MessageDescriptor[];
  enumType: EnumDescriptor[];
  service: { name: string; method: MethodDescriptor[]; options?: unknown }[];
  extension: unknown[];
  options?: unknown;
}

interface DescriptorModule {
  readonly FileDescriptorProto: { encode(file: FileDescriptor): { finish(): Uint8Array } };
}

const require = createRequire(import.meta.url);

function descriptorModule(): DescriptorModule {
  // The very copy of protobufjs that the descriptors were made with.
  const fromProto = createRequire(require.resolve('@temporalio/proto'));
  return fromProto('protobufjs/ext/descriptor') as DescriptorModule;
}

function loadDescriptors(): FileDescriptor[] {
  descriptorModule();
  const root = require('@temporalio/proto/protos/json-module.js') as {
    resolveAll(): void;
    toDescriptor(edition: string): { file: FileDescriptor[] };
  };
  root.resolveAll();
  const files = root.toDescriptor('proto3').file.filter((file) => PACKAGES.test(file.package));
  for (const file of files) {
    // What describes descriptors is of no use without options, and not valid in the syntax used here.
    if (file.package === 'google.protobuf') keepWellKnown(file);
    file.name = `${file.package.replaceAll('.', '/')}/messages.proto`;
    stripOptions(file);
  }
  return files;
}

function keepWellKnown(file: FileDescriptor): void {
  file.messageType = file.messageType.filter((message) => WELL_KNOWN.test(message.name));
  file.enumType = file.enumType.filter((type) => type.name === 'NullValue');
}

function encodeFile(file: FileDescriptor): Uint8Array {
  return Uint8Array.from(descriptorModule().FileDescriptorProto.encode(file).finish());
}

function stripOptions(file: FileDescriptor): void {
  delete file.options;
  file.extension = [];
  file.messageType.forEach(stripMessage);
  file.enumType.forEach(stripEnum);
  for (const service of file.service) {
    delete service.options;
    for (const method of service.method) delete method.options;
  }
}

function stripMessage(message: MessageDescriptor): void {
  message.options = message.options?.mapEntry ? { mapEntry: true } : undefined;
  // Extensions that other files add are listed by protobufjs as fields whose names are paths.
  message.field = message.field.filter((field) => !field.name.includes('.'));
  for (const field of message.field) delete field.options;
  for (const oneof of message.oneofDecl) delete oneof.options;
  message.nestedType.forEach(stripMessage);
  message.enumType.forEach(stripEnum);
}

function stripEnum(type: EnumDescriptor): void {
  delete type.options;
  for (const value of type.value ?? []) delete value.options;
}

function symbolsOf(file: FileDescriptor): string[] {
  const nested = (scope: string, message: MessageDescriptor): string[] => {
    const name = `${scope}.${message.name}`;
    const inner = message.nestedType.flatMap((child) => nested(name, child));
    return [name, ...inner, ...message.enumType.map((type) => `${name}.${type.name}`)];
  };
  return [
    ...file.messageType.flatMap((message) => nested(file.package, message)),
    ...file.enumType.map((type) => `${file.package}.${type.name}`),
    ...file.service.flatMap((service) => {
      const name = `${file.package}.${service.name}`;
      return [name, ...service.method.map((method) => `${name}.${method.name}`)];
    }),
  ];
}

/**
 * Makes all type references of a file absolute (a leading dot), as descriptors want them, and returns what they name.
 * The source has them relative to the innermost scope in which they resolve.
 */
function qualifyTypes(file: FileDescriptor, symbols: ReadonlyMap<string, string>): string[] {
  const used: string[] = [];
  const qualify = (name: string, scope: string): string => {
    const symbol = name.startsWith('.') ? name.slice(1) : resolve(name, scope, symbols);
    used.push(symbol);
    return `.${symbol}`;
  };
  const inMessage = (message: MessageDescriptor, outer: string): void => {
    const scope = `${outer}.${message.name}`;
    for (const field of message.field) if (field.typeName) field.typeName = qualify(field.typeName, scope);
    for (const nested of message.nestedType) inMessage(nested, scope);
  };
  for (const message of file.messageType) inMessage(message, file.package);
  for (const method of file.service.flatMap((service) => service.method)) {
    method.inputType = qualify(method.inputType, file.package);
    method.outputType = qualify(method.outputType, file.package);
  }
  return used;
}

function resolve(name: string, scope: string, symbols: ReadonlyMap<string, string>): string {
  for (let outer = scope; outer !== ''; outer = outer.slice(0, Math.max(0, outer.lastIndexOf('.')))) {
    if (symbols.has(`${outer}.${name}`)) return `${outer}.${name}`;
  }
  return name;
}
