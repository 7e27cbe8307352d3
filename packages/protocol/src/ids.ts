/**
 * Task tokens: what a worker hands back with a task's result, so that the server finds the task again.
 * The layout belongs to the server alone; to everyone else a token is opaque bytes.
 */
import { MalformedMessageError, Reader } from './reader.js';
import { Writer } from './writer.js';

/** First byte of every token. A token of another version is refused, not misread. */
const TOKEN_VERSION = 1;

export const TaskTokenKind = { WORKFLOW: 1, ACTIVITY: 2, QUERY: 3, NEXUS: 4 } as const;
export type TaskTokenKind = (typeof TaskTokenKind)[keyof typeof TaskTokenKind];

/** What a token says. Fields that a kind of task does not use are 0 or empty. */
export interface TaskToken {
  readonly kind: TaskTokenKind;
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly scheduledEventId: number;
  readonly startedEventId: number;
  readonly attempt: number;
  /** Number of the execution's task generation; a token of an older one is stale. */
  readonly stamp: number;
  readonly activityId: string;
  /** Query tasks: which query this answers. Nexus tasks: which request. */
  readonly requestId: string;
  /** Query tasks: the queue the task came from. */
  readonly taskQueue: string;
}

/** The token's fields; what is left out is 0 or empty. */
export type TaskTokenFields = Pick<TaskToken, 'kind' | 'namespaceId'> & Partial<TaskToken>;

export function encodeTaskToken(token: TaskTokenFields): Uint8Array {
  const writer = scratch;
  writer.reset();
  writer.raw(VERSION_BYTES);
  writer.int32(8, token.kind);
  writer.string(18, token.namespaceId);
  writer.string(26, token.workflowId);
  writer.string(34, token.runId);
  writer.int64(40, token.scheduledEventId);
  writer.int64(48, token.startedEventId);
  writer.int32(56, token.attempt);
  writer.int64(64, token.stamp);
  writer.string(74, token.activityId);
  writer.string(82, token.requestId);
  writer.string(90, token.taskQueue);
  const bytes = writer.finishPassing();
  if (writer.capacityBytes > SCRATCH_BYTES_MAX) scratch = new Writer(SCRATCH_BYTES);
  return bytes;
}

const VERSION_BYTES = Uint8Array.of(TOKEN_VERSION);
const SCRATCH_BYTES = 1024;
const SCRATCH_BYTES_MAX = 64 * 1024;
let scratch = new Writer(SCRATCH_BYTES);

/** The token's content; undefined when the bytes are not a token of this version. */
export function decodeTaskToken(bytes: Uint8Array): TaskToken | undefined {
  if (bytes[0] !== TOKEN_VERSION) return undefined;
  try {
    const token = readTaskToken(new Reader(bytes.subarray(1), 'task token'));
    return isKind(token.kind) && token.namespaceId !== '' ? token : undefined;
  } catch (error) {
    if (error instanceof MalformedMessageError) return undefined;
    throw error;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function readTaskToken(reader: Reader): TaskToken {
  const token: Mutable<TaskToken> = {
    kind: 0 as TaskTokenKind,
    namespaceId: '',
    workflowId: '',
    runId: '',
    scheduledEventId: 0,
    startedEventId: 0,
    attempt: 0,
    stamp: 0,
    activityId: '',
    requestId: '',
    taskQueue: '',
  };
  while (reader.offset < reader.end) {
    switch (reader.tag()) {
      case 8:
        token.kind = reader.int32() as TaskTokenKind;
        break;
      case 18:
        token.namespaceId = reader.string();
        break;
      case 26:
        token.workflowId = reader.string();
        break;
      case 34:
        token.runId = reader.string();
        break;
      case 40:
        token.scheduledEventId = reader.int64();
        break;
      case 48:
        token.startedEventId = reader.int64();
        break;
      case 56:
        token.attempt = reader.int32();
        break;
      case 64:
        token.stamp = reader.int64();
        break;
      case 74:
        token.activityId = reader.string();
        break;
      case 82:
        token.requestId = reader.string();
        break;
      case 90:
        token.taskQueue = reader.string();
        break;
      // A field of another version of this server would change what the token means.
      default:
        reader.fail('unknown field');
    }
  }
  return token;
}

function isKind(kind: number): kind is TaskTokenKind {
  return kind >= TaskTokenKind.WORKFLOW && kind <= TaskTokenKind.NEXUS;
}
