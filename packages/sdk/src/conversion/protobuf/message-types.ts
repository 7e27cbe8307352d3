/** What is used of protobufjs, by shape: types with reflection, and classes of static modules. */
import { messageOf } from '../error-class.js';
import { PayloadConverterError } from '../errors.js';

/** A protobufjs `Root`, or the default export of a static module. */
export type ProtobufRoot = object;

/** A message type of either kind. */
export interface MessageCodec {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}

/** A type with reflection: `Type` of protobufjs. */
export interface ReflectedType extends MessageCodec {
  /** With a dot in front. */
  readonly fullName: string;
  readonly fieldsArray: readonly ReflectedField[];
  toObject(message: object, options: object): Record<string, unknown>;
  fromObject(object: Record<string, unknown>): object;
}

export interface ReflectedField {
  readonly name: string;
  readonly repeated: boolean;
  readonly map: boolean;
  /** Of a message or enum, once resolved. */
  readonly resolvedType: ReflectedType | { readonly values: object } | null;
  resolve(): unknown;
}

/** The type of a message, and its name on the wire; undefined when the value is no message. */
export interface TypeOfMessage {
  readonly name: string;
  readonly codec: MessageCodec;
  /** Undefined for classes of static modules. */
  readonly reflected: ReflectedType | undefined;
}

export function typeOfMessage(value: unknown): TypeOfMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { $type: type } = value as { readonly $type?: unknown };
  if (isReflected(type)) return { name: type.fullName.replace(/^\./, ''), codec: type, reflected: type };
  const { constructor: made } = value as { readonly constructor?: unknown };
  if (!isStaticClass(made)) return undefined;
  return { name: made.getTypeUrl().replace(/^.*\//, ''), codec: made, reflected: undefined };
}

/** The type of this name in a root. Throws PayloadConverterError when there is none. */
export function typeOfName(root: ProtobufRoot, name: string): TypeOfMessage {
  const found = 'lookupType' in root ? lookedUp(root as LookupRoot, name) : walked(root, name);
  if (isReflected(found)) return { name, codec: found, reflected: found };
  if (isCodec(found)) return { name, codec: found, reflected: undefined };
  throw new PayloadConverterError(
    `A payload holds the protobuf message '${name}', which is not in the \`root\` of this converter: add its .proto file`,
  );
}

interface LookupRoot {
  lookupType(name: string): unknown;
}

function lookedUp(root: LookupRoot, name: string): unknown {
  try {
    return root.lookupType(name);
  } catch (error) {
    if (/no such/i.test(messageOf(error))) return undefined;
    throw error;
  }
}

/** Packages of static modules are nested objects. */
function walked(root: object, name: string): unknown {
  let found: unknown = root;
  for (const part of name.split('.')) {
    const isParent = (typeof found === 'object' || typeof found === 'function') && found !== null;
    if (!isParent || !Object.hasOwn(found as object, part)) return undefined;
    found = (found as Record<string, unknown>)[part];
  }
  return found;
}

function has(value: unknown, ...methods: string[]): value is Record<string, unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function');
}

function isCodec(value: unknown): value is MessageCodec {
  return has(value, 'encode', 'decode');
}

function isReflected(value: unknown): value is ReflectedType {
  return (
    has(value, 'encode', 'decode', 'toObject', 'fromObject') &&
    typeof value['fullName'] === 'string' &&
    Array.isArray(value['fieldsArray'])
  );
}

function isStaticClass(value: unknown): value is MessageCodec & { getTypeUrl(): string } {
  return typeof value === 'function' && has(value, 'encode', 'decode', 'getTypeUrl');
}
