/** `perdure workflow show`: the history, one line per event. */
import { History, workflowService } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { withConnection } from '../connection.js';
import type { Connection } from '../connection.js';
import { eventFacts, eventName } from '../output/event-facts.js';
import { printMessage } from '../output/print.js';
import { momentText } from '../output/time-text.js';
import type { RunFlags } from '../spec.js';

export async function run(around: Surroundings, flags: RunFlags): Promise<void> {
  await withConnection(flags, async (connection) => {
    const history = await fetchHistory(connection, flags);
    // Payloads stay whole, so that the output can be replayed.
    if (flags.output === 'json') await printMessage(around, History, history, 'long');
    else around.out(historyText(History.decode(history).events));
  });
}

/** An encoded History: encoded messages of one type, put together, are their lists put together. */
async function fetchHistory(connection: Connection, flags: RunFlags): Promise<Uint8Array> {
  const pages: Uint8Array[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await connection.call(workflowService.GetWorkflowExecutionHistory, {
      namespace: flags.namespace,
      execution: { workflowId: flags['workflow-id'], runId: flags['run-id'] },
      nextPageToken,
    });
    if (page.history !== undefined) pages.push(page.history);
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  return Buffer.concat(pages);
}

export function historyText(events: readonly HistoryEvent[]): string {
  const [first] = events;
  if (first === undefined) return '';
  const beganMs = first.eventTime ?? 0;
  const rows = events.map((event) => [
    String(event.eventId),
    sinceText((event.eventTime ?? beganMs) - beganMs),
    eventName(event),
    eventFacts(event),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(([id = '', since = '', name = '', facts = '']) =>
    `${id.padStart(widths[0] ?? 0)}  ${since.padStart(widths[1] ?? 0)}  ${name.padEnd(widths[2] ?? 0)}  ${facts}`.trimEnd(),
  );
  return `Times since ${momentText(beganMs)}\n${lines.join('\n')}\n`;
}

/** `+0.012s`; from an hour on `+3:04:05`. */
function sinceText(sinceMs: number): string {
  if (sinceMs < 3_600_000) return `+${(sinceMs / 1000).toFixed(3)}s`;
  const seconds = Math.floor(sinceMs / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `+${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
