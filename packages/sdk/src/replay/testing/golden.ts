/** The recorded histories of conformance/golden as history events: what normalisation took out is filled in again. */
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HistoryEvent } from '@perdure/protocol';

const FOLDER = join(import.meta.dirname, '../../../../../conformance/golden');

export interface Golden {
  readonly name: string;
  readonly runId: string;
  readonly events: HistoryEvent[];
}

/** All runs of one SDK's scenarios. */
export function loadGolden(sdk: string): Golden[] {
  const runs: Golden[] = [];
  for (const file of readdirSync(join(FOLDER, sdk))
    .filter((name) => name.endsWith('.json'))
    .sort()) {
    const text = readFileSync(join(FOLDER, sdk, file), 'utf8');
    const { executions } = JSON.parse(text) as { executions?: { runId: string; history?: unknown[] }[] };
    for (const [index, { runId, history = [] }] of (executions ?? []).entries()) {
      if (history.length === 0) continue;
      const events = history.map((event, at) => toEvent(event, at));
      runs.push({ name: `${sdk}/${file.replace('.json', '')} #${index}`, runId, events });
    }
  }
  return runs;
}

interface ReferenceType {
  fromObject(value: object): object;
  encode(message: object): { finish(): Uint8Array };
}
const proto = createRequire(import.meta.url)('@temporalio/proto') as {
  temporal: { api: { history: { v1: { HistoryEvent: ReferenceType } } } };
};
const Reference = proto.temporal.api.history.v1.HistoryEvent;

function toEvent(json: unknown, at: number): HistoryEvent {
  return HistoryEvent.decode(Reference.encode(Reference.fromObject(restore(json, at) as object)).finish());
}

const START_SECONDS = 1_700_000_000;

function restore(value: unknown, at: number): unknown {
  if (value === '<time>') return { seconds: START_SECONDS + at };
  if (value === '<size>') return 1000;
  if (value === '<duration>' || value === '<backoff>') return { seconds: 1 };
  if (Array.isArray(value)) return value.map((entry) => restore(entry, at));
  if (typeof value !== 'object' || value === null) return value;
  if ('encoding' in value && typeof value.encoding === 'string') return payload(value as Record<string, string>);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, restore(entry, at)]));
}

function payload({ data = '', ...metadata }: Record<string, string>): unknown {
  const isText = metadata.encoding?.startsWith('json/');
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value)])),
    data: Buffer.from(data, isText ? 'utf8' : 'base64'),
  };
}
