/** Logger, meter, contexts and stacks: what converters, workers and workflows share. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultDataConverter } from './data-converter.js';
import { JsonPayloadConverter } from './default-payload-converter.js';
import { DefaultFailureConverter } from './failure-converter.js';
import { LoggerWithComposedMetadata } from './logger.js';
import type { Logger } from './logger.js';
import { MetricMeterWithComposedTags, meterOf, noopMetricMeter } from './meter.js';
import { CompositePayloadConverter } from './payload-converter.js';
import type { SerializationContext } from './serialization-context.js';
import { withSerializationContext } from './serialization-context.js';
import { cutoffStackTrace } from './stack.js';

test('loggers add fields; those of the message win, empty ones are left out', () => {
  const lines: unknown[] = [];
  const push = (message: string, meta?: unknown): void => void lines.push([message, meta]);
  const parent: Logger = {
    log: (_, m, f) => push(m, f),
    trace: push,
    debug: push,
    info: push,
    warn: push,
    error: push,
  };
  let attempt = 1;
  const first = LoggerWithComposedMetadata.compose(parent, { workflowId: 'w', runId: undefined });
  const logger = LoggerWithComposedMetadata.compose(first, () => ({ attempt }));
  logger.info('a');
  attempt = 2;
  logger.log('WARN', 'b', { workflowId: 'v' });
  assert.deepEqual(lines, [
    ['a', { workflowId: 'w', attempt: 1 }],
    ['b', { workflowId: 'v', attempt: 2 }],
  ]);
  assert.equal(LoggerWithComposedMetadata.compose(parent, {}), parent);
});

test('meters add tags; those of the value win', () => {
  const seen: unknown[] = [];
  const plain = meterOf((metric, value, tags) => void seen.push([metric.kind, metric.name, value, tags]), { a: 1 });
  plain.withTags({ b: 2 }).createCounter('c').withTags({ d: 4 }).add(1, { a: 9 });
  plain.createHistogram('h', 'float').record(0.5);
  plain.createUpDownCounter('u').add(-1);
  const foreign = { ...plain, createGauge: plain.createGauge.bind(plain) };
  MetricMeterWithComposedTags.compose(foreign, () => ({ z: true }))
    .createGauge('g')
    .set(3);
  assert.deepEqual(seen, [
    ['counter', 'c', 1, { a: 9, b: 2, d: 4 }],
    ['histogram', 'h', 0.5, { a: 1 }],
    ['up-down-counter', 'u', -1, { a: 1 }],
    ['gauge', 'g', 3, { a: 1, z: true }],
  ]);
  noopMetricMeter.createGauge('x').set(1);
});

test('converters and codecs are told for whom they work', async () => {
  const seen: unknown[] = [];
  class Telling extends JsonPayloadConverter {
    override toPayload(value: unknown, context?: SerializationContext) {
      seen.push(context);
      return super.toPayload(value);
    }
  }
  const codec = {
    encode: async <P>(payloads: P[], context?: SerializationContext) => (seen.push(context), payloads),
    decode: async <P>(payloads: P[]) => payloads,
  };
  const converter = {
    payloadConverter: new CompositePayloadConverter(new Telling()),
    failureConverter: new DefaultFailureConverter({ encodeCommonAttributes: true }),
    payloadCodecs: [codec],
  };
  const context: SerializationContext = { type: 'workflow', namespace: 'n', workflowId: 'w' };
  const bound = withSerializationContext(converter, context);
  bound.payloadConverter.toPayload(1);
  bound.failureConverter.errorToFailure(new Error('e'), converter.payloadConverter);
  await bound.payloadCodecs[0]?.encode([]);
  assert.deepEqual(seen, [context, context, context]);
  const same = withSerializationContext(defaultDataConverter, context);
  assert.equal(same.payloadConverter, defaultDataConverter.payloadConverter);
});

test('stacks keep the frames of the application', () => {
  const stack = [
    'Error: no',
    '    at charge (/app/activities.js:1:2)',
    '    at async ActivityRunner.run (/app/node_modules/perdure/dist/worker/activity-runner.js:1:2)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    '    at async order (/app/order.js:3:4)',
  ].join('\n');
  assert.equal(
    cutoffStackTrace(stack),
    'Error: no\n    at charge (/app/activities.js:1:2)\n    at async order (/app/order.js:3:4)',
  );
  assert.equal(cutoffStackTrace(), '');
});
