/** protobufjs with the published descriptors: the codec that ours is compared with. */
import { createRequire } from 'node:module';
import type { Random } from './random.js';
import { randomBytes, randomInteger, randomText } from './random.js';

interface ReferenceField {
  readonly name: string;
  readonly type: string;
  readonly repeated: boolean;
  readonly map: boolean;
  readonly keyType?: string;
  readonly partOf: { readonly name: string } | null;
  readonly resolvedType: ReferenceType | ReferenceEnum | null;
}

interface ReferenceEnum {
  readonly values: Readonly<Record<string, number>>;
}

export interface ReferenceType {
  readonly fullName: string;
  readonly fieldsArray: readonly ReferenceField[];
  fromObject(value: object): object;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): object;
}

interface ReferenceRoot {
  resolveAll(): void;
  lookupType(name: string): ReferenceType;
}

export const referenceRoot = createRequire(import.meta.url)('@temporalio/proto/protos/json-module.js') as ReferenceRoot;
referenceRoot.resolveAll();

/** What the reference reads in the bytes, in a form that can be compared. */
export function referenceView(type: ReferenceType, bytes: Uint8Array): object {
  return type.toObject(type.decode(bytes), { longs: String, bytes: String });
}

/** A message with about two thirds of its fields set, encoded by the reference. */
export function randomEncoding(random: Random, type: ReferenceType): Uint8Array {
  return type.encode(type.fromObject(randomObject(random, type, 0))).finish();
}

const DEPTH_MAX = 4;

function randomObject(random: Random, type: ReferenceType, depth: number): object {
  if (type.fullName === '.google.protobuf.Timestamp') return randomTimestamp(random);
  if (type.fullName === '.google.protobuf.Duration') return randomDuration(random);
  const object: Record<string, unknown> = {};
  const oneofs = new Map<string, ReferenceField[]>();
  for (const field of type.fieldsArray) {
    if (field.partOf) oneofs.set(field.partOf.name, [...(oneofs.get(field.partOf.name) ?? []), field]);
    else if (random.chance(0.66)) setField(random, object, field, depth);
  }
  for (const members of oneofs.values()) {
    const member = random.pick(members);
    if (random.chance(0.9)) setField(random, object, member, depth);
    alignDiscriminator(type, object, member.name);
  }
  return object;
}

/** Events and commands whose type and attributes disagree are malformed; they have tests of their own. */
function alignDiscriminator(type: ReferenceType, object: Record<string, unknown>, member: string): void {
  const by = type.fullName.endsWith('.HistoryEvent')
    ? 'eventType'
    : type.fullName.endsWith('.command.v1.Command')
      ? 'commandType'
      : undefined;
  if (by === undefined) return;
  const snake = member.replace(/(Event|Command)Attributes$/, '').replace(/[A-Z]/g, (letter) => `_${letter}`);
  const prefix = by === 'eventType' ? 'EVENT_TYPE_' : 'COMMAND_TYPE_';
  object[by] = object[member] === undefined ? 0 : prefix + snake.toUpperCase();
}

function setField(random: Random, object: Record<string, unknown>, field: ReferenceField, depth: number): void {
  const isMessage = field.resolvedType !== null && 'fieldsArray' in field.resolvedType;
  if (isMessage && depth >= DEPTH_MAX) return;
  const value = (): unknown => randomValue(random, field, depth + 1);
  const count = random.below(4);
  if (field.map) {
    const keys = Array.from({ length: count }, () =>
      field.keyType === 'string' ? randomText(random, 8) : String(random.below(1000)),
    );
    object[field.name] = Object.fromEntries(keys.map((key) => [key, value()]));
  } else if (field.repeated) {
    object[field.name] = Array.from({ length: count }, value);
  } else {
    object[field.name] = value();
  }
}

function randomValue(random: Random, field: ReferenceField, depth: number): unknown {
  const target = field.resolvedType;
  if (target && 'fieldsArray' in target) return randomObject(random, target, depth);
  if (target) return random.pick(Object.values(target.values));
  switch (field.type) {
    case 'string':
      return randomText(random, random.chance(0.1) ? 300 : 20);
    case 'bytes':
      return randomBytes(random, random.chance(0.1) ? 400 : 20);
    case 'bool':
      return random.chance(0.5);
    case 'int64':
      return String(random.chance(0.2) ? 0 : randomInteger(random));
    case 'int32':
      return randomInteger(random) | 0;
    case 'uint32':
      return randomInteger(random) >>> 0;
    case 'float':
      return Math.fround((random.next() - 0.5) * 1e6);
    case 'double':
      return (random.next() - 0.5) * 1e12;
  }
  throw new Error(`no random value for ${field.type}`);
}

function randomTimestamp(random: Random): object {
  const seconds = random.chance(0.1) ? -random.below(1e9) : random.below(4e9);
  return { seconds: String(seconds), nanos: random.below(1000) * 1e6 };
}

function randomDuration(random: Random): object {
  const sign = random.chance(0.1) ? -1 : 1;
  const seconds = random.below(random.chance(0.5) ? 10 : 99 * 86400);
  return { seconds: String(sign * seconds), nanos: sign * random.below(1e9) };
}
