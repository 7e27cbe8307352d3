/** Replays histories with the workflows of a worker's options. */
import { loadDataConverter } from '../../client/load-data-converter.js';
import type { HistoryAndWorkflowId } from '../../client/workflow-list.js';
import { openSandbox } from '../open-sandbox.js';
import { Runtime } from '../telemetry/runtime.js';
import { SinkDispatch } from '../workflows/sink-dispatch.js';
import { eventsOfHistory } from './history-input.js';
import { replayHistory, ReplayError } from './replay-history.js';
import type { ReplayResult } from './replay-history.js';
import type { ReplayWorkerOptions } from './replay-options.js';

/** `history`: what `fetchHistory()` gives, or an object parsed from JSON. */
export type ReplayHistoriesIterable =
  | AsyncIterable<HistoryAndWorkflowId | { readonly workflowId: string; readonly history: unknown }>
  | Iterable<HistoryAndWorkflowId | { readonly workflowId: string; readonly history: unknown }>;

export async function* replayHistories(
  options: ReplayWorkerOptions,
  histories: ReplayHistoriesIterable | Iterable<{ readonly workflowId: string | undefined; readonly history: unknown }>,
): AsyncGenerator<ReplayResult> {
  let configured = options;
  for (const plugin of options.plugins ?? []) {
    configured = (await plugin.configureReplayWorker?.(configured)) ?? configured;
  }
  const { logger, metricMeter } = Runtime.instance();
  const sandbox = await openSandbox(configured, logger);
  const surroundings = {
    namespace: configured.namespace ?? 'default',
    sandbox,
    converter: loadDataConverter(configured.dataConverter),
    sinks: new SinkDispatch(configured.sinks ?? {}, logger, metricMeter),
    showStackTraceSources: configured.showStackTraceSources ?? false,
  };
  try {
    for await (const { workflowId, history } of histories) {
      let events;
      try {
        events = eventsOfHistory(history);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        yield {
          workflowId: workflowId ?? '',
          runId: '',
          error: new ReplayError(message, { cause: error }),
          deviations: [],
        };
        continue;
      }
      yield await replayHistory(surroundings, events, workflowId);
    }
  } finally {
    await sandbox.close();
  }
}
