/** What operators set for task queues: rate limits and weights. Small, all in memory, changed by commit, applied by matching. */
import { TaskQueueType, decodeValue, encodeValue } from '@perdure/protocol';
import type { UpdateTaskQueueConfigRequest } from '@perdure/protocol';
import type { Rejection } from '../core/rejection.js';
import { invalidArgument } from '../core/rejection.js';
import { Decision } from './decision.js';
import type { Engine } from './engine.js';
import type { TaskKind } from './matching.js';
import type { EngineRequest, QueueSettings, QueueSettingsRecord, RateSetting, ReplyTo } from './messages.js';

/** Weights that one queue may have. */
const WEIGHTS_MAX = 1_000;
const NO_SETTINGS: QueueSettings = { rate: undefined, keyRate: undefined, weights: new Map() };

type Place = Pick<QueueSettingsRecord, 'namespaceId' | 'type' | 'name'>;

export class QueueSettingsDirectory {
  readonly #byKey = new Map<string, QueueSettingsRecord>();

  load(engine: Engine, records: readonly QueueSettingsRecord[]): void {
    for (const record of records) this.#set(engine, record);
  }

  get(place: Place): QueueSettings | undefined {
    return this.#byKey.get(recordKey(place))?.settings;
  }

  /** Stores them; `done` once they are on disk. */
  put(engine: Engine, record: QueueSettingsRecord, done: () => void, failed: () => void): void {
    const key = recordKey(record);
    const before = this.#byKey.get(key);
    this.#set(engine, record);
    const decision = new Decision();
    decision.writes.push({ kind: 'putRecord', record: 'taskQueue', key, bytes: encodeQueueSettings(record) });
    decision.onCommitted(done);
    decision.onVoided(() => {
      this.#byKey.delete(key);
      if (before === undefined) apply(engine, { ...record, settings: NO_SETTINGS });
      else this.#set(engine, before);
      failed();
    });
    engine.submit(decision);
  }

  /** With their namespace. */
  removeOf(engine: Engine, namespaceId: string): void {
    const decision = new Decision();
    for (const [key, record] of this.#byKey) {
      if (record.namespaceId !== namespaceId) continue;
      this.#byKey.delete(key);
      apply(engine, { ...record, settings: NO_SETTINGS });
      decision.writes.push({ kind: 'deleteRecord', record: 'taskQueue', key });
    }
    if (decision.writes.length > 0) engine.submit(decision);
  }

  #set(engine: Engine, record: QueueSettingsRecord): void {
    this.#byKey.set(recordKey(record), record);
    apply(engine, record);
  }
}

function recordKey({ namespaceId, type, name }: Place): string {
  return `${type}/${namespaceId}/${name}`;
}

/** Types without a queue here are kept, and do nothing. */
const KINDS: ReadonlyMap<number, TaskKind> = new Map([
  [TaskQueueType.WORKFLOW, 'workflow'],
  [TaskQueueType.ACTIVITY, 'activity'],
]);

function apply(engine: Engine, { namespaceId, type, name, settings }: QueueSettingsRecord): void {
  const kind = KINDS.get(type);
  if (kind === undefined) return;
  const rates = {
    perSecond: settings.rate?.perSecond,
    perKeyPerSecond: settings.keyRate?.perSecond,
    weights: settings.weights,
  };
  engine.matching.configure({ namespaceId, kind, name }, rates, engine.realNowMs);
}

export function updateQueueSettings(
  engine: Engine,
  replyTo: ReplyTo,
  { namespaceId, request }: Extract<EngineRequest, { kind: 'updateTaskQueueConfig' }>,
): void {
  const place = { namespaceId, type: request.taskQueueType, name: request.taskQueue };
  const settings = changed(engine.queueSettings.get(place) ?? NO_SETTINGS, request, engine.nowMs);
  if ('kind' in settings) return engine.refuse(replyTo, settings);
  engine.queueSettings.put(
    engine,
    { ...place, settings },
    () => engine.reply(replyTo, settings),
    () =>
      engine.refuse(replyTo, {
        kind: 'rejection',
        code: 'UNAVAILABLE',
        message: 'The change was not stored. Try again.',
      }),
  );
}

function changed(
  before: QueueSettings,
  request: UpdateTaskQueueConfigRequest,
  nowMs: number,
): QueueSettings | Rejection {
  const { updateQueueRateLimit, updateFairnessKeyRateLimitDefault, identity } = request;
  const setting = (update: typeof updateQueueRateLimit, known: RateSetting | undefined): RateSetting | undefined =>
    update === undefined
      ? known
      : { perSecond: update.rateLimit?.requestsPerSecond, reason: update.reason, identity, updatedAtMs: nowMs };
  const weights = new Map(before.weights);
  for (const key of request.unsetFairnessWeightOverrides) weights.delete(key);
  for (const [key, weight] of request.setFairnessWeightOverrides) weights.set(key, weight);
  if (weights.size > WEIGHTS_MAX)
    return invalidArgument('fairness weight overrides update rejected: exceeding maximum key size');
  return {
    rate: setting(updateQueueRateLimit, before.rate),
    keyRate: setting(updateFairnessKeyRateLimitDefault, before.keyRate),
    weights,
  };
}

export function encodeQueueSettings(record: QueueSettingsRecord): Uint8Array {
  return encodeValue(record);
}

export function decodeQueueSettings(bytes: Uint8Array): QueueSettingsRecord {
  return decodeValue(bytes) as QueueSettingsRecord;
}
