import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asLogger, DefaultLogger, LogTimestamp, writesDebug } from './logger.js';
import type { LogEntry } from './logger.js';
import { prometheusText } from './prometheus-text.js';
import { MetricsRegistry } from './registry.js';
import { Runtime } from './runtime.js';
import { makeTelemetryFilterString } from './runtime-options.js';
import { workerMetrics } from './worker-metrics.js';

test('the default logger writes what is severe enough', () => {
  const entries: LogEntry[] = [];
  const logger = new DefaultLogger('WARN', (entry) => entries.push(entry));
  logger.info('no');
  logger.warn('yes', { [LogTimestamp]: 5n, a: 1 });
  assert.deepEqual(entries, [{ level: 'WARN', message: 'yes', timestampNanos: 5n, meta: { a: 1 } }]);
  assert.equal(writesDebug(logger), false);
});

test('loggers of pino and winston are taken as they are', () => {
  const lines: unknown[] = [];
  const pino: object = {
    level: 'info',
    ...Object.fromEntries(
      ['trace', 'debug', 'info', 'warn', 'error'].map((name) => [
        name,
        (...args: unknown[]) => lines.push([name, ...args]),
      ]),
    ),
    child: () => pino,
    bindings: () => ({}),
  };
  const error = new Error('e');
  const asPino = asLogger(pino as never);
  asPino.warn('message', { a: 1, error });
  assert.deepEqual([...lines], [['warn', { a: 1, err: error }, 'message']]);
  assert.equal(writesDebug(asPino), false);
  lines.splice(0);
  const winston: object = {
    level: 'debug',
    transports: [],
    child: () => winston,
    log: (...args: unknown[]): void => void lines.push(args),
  };
  const asWinston = asLogger(winston as never);
  asWinston.trace('t');
  asWinston.info('i', { b: 2 });
  assert.deepEqual(
    [...lines],
    [
      ['silly', 't', {}],
      ['info', 'i', { b: 2 }],
    ],
  );
  assert.equal(writesDebug(asWinston), true);
});

test('metrics in the text that Prometheus reads', () => {
  const registry = new MetricsRegistry({
    prefix: 'temporal_',
    globalTags: { env: 'test' },
    bucketOverrides: { request_latency: [10, 100] },
  });
  const metrics = workerMetrics(registry.meter.withTags({ namespace: 'default' }), 'temporal_');
  metrics.count('workflow_completed');
  metrics.count('workflow_completed');
  metrics.time('request_latency', 7, { operation: 'Poll"x"' });
  metrics.time('request_latency', 70, { operation: 'Poll"x"' });
  metrics.gauge('sticky_cache_size', 3);
  const text = prometheusText(registry, { countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true });
  assert.match(text, /temporal_workflow_completed_total\{env="test",namespace="default"\} 2\n/);
  const labels = '\\{env="test",namespace="default",operation="Poll\\\\"x\\\\""';
  assert.match(text, new RegExp(`temporal_request_latency_seconds_bucket${labels},le="0.01"\\} 1\\n`));
  assert.match(text, new RegExp(`temporal_request_latency_seconds_bucket${labels},le="\\+Inf"\\} 2\\n`));
  assert.match(text, new RegExp(`temporal_request_latency_seconds_sum${labels}\\} 0.077\\n`));
  assert.match(text, /# TYPE temporal_sticky_cache_size gauge\ntemporal_sticky_cache_size\{[^}]*\} 3\n/);
});

test('a runtime is installed once, serves metrics, and can be replaced after its shutdown', async () => {
  const runtime = Runtime.install({
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'DEBUG' }) },
      metrics: { prometheus: { bindAddress: '127.0.0.1:0' } },
    },
  });
  try {
    assert.equal((runtime.logger as DefaultLogger).level, 'DEBUG');
    assert.throws(() => Runtime.install({}), /installed already/);
    assert.equal(Runtime.instance(), runtime);
    runtime.metricMeter.createCounter('orders').add(2, { country: 'nl' });
    const port = await runtime.prometheus?.listening;
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    assert.match(await response.text(), /\norders\{service_name="temporal-core-sdk",country="nl"\} 2\n/);
    assert.equal((await fetch(`http://127.0.0.1:${port}/other`)).status, 404);
  } finally {
    await runtime.shutdown();
  }
  const implicit = Runtime.instance();
  assert.notEqual(Runtime.install({}), implicit);
  await Runtime.instance().shutdown();
});
