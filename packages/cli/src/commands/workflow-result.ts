/** `perdure workflow result`: waits for the end, through runs that continue as new. */
import { EventType, History, HistoryEventFilterType, workflowService } from '@perdure/protocol';
import type { HistoryEvent } from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { withConnection } from '../connection.js';
import type { Connection } from '../connection.js';
import { CommandFailure, ExitCode } from '../exit-code.js';
import { failureLines } from '../output/failure-text.js';
import { payloadTexts } from '../output/payload-text.js';
import { printJson } from '../output/print.js';
import type { RunFlags } from '../spec.js';

/** Of one long poll; the Service answers without a result before. */
const POLL_TIMEOUT_MS = 70_000;

export async function run(around: Surroundings, flags: RunFlags): Promise<void> {
  await withConnection(flags, async (connection) => {
    let runId = flags['run-id'];
    for (;;) {
      const close = await waitForClose(connection, flags, runId);
      const next = nextRunId(close);
      if (next === '') return printOutcome(around, flags, close);
      runId = next;
    }
  });
}

async function waitForClose(connection: Connection, flags: RunFlags, runId: string): Promise<HistoryEvent> {
  let nextPageToken: Uint8Array | undefined;
  for (;;) {
    const page = await connection.call(
      workflowService.GetWorkflowExecutionHistory,
      {
        namespace: flags.namespace,
        execution: { workflowId: flags['workflow-id'], runId },
        waitNewEvent: true,
        historyEventFilterType: HistoryEventFilterType.CLOSE_EVENT,
        nextPageToken,
      },
      POLL_TIMEOUT_MS,
    );
    const close = page.history === undefined ? undefined : History.decode(page.history).events.at(-1);
    if (close !== undefined) return close;
    nextPageToken = page.nextPageToken;
  }
}

/** Empty: this run is the last one. */
function nextRunId(close: HistoryEvent): string {
  switch (close.eventType) {
    case EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
    case EventType.WORKFLOW_EXECUTION_COMPLETED:
    case EventType.WORKFLOW_EXECUTION_FAILED:
    case EventType.WORKFLOW_EXECUTION_TIMED_OUT:
      return close.attributes.newExecutionRunId;
    default:
      return '';
  }
}

interface Outcome {
  readonly status: string;
  /** Encoded Payloads. */
  readonly result?: Uint8Array | undefined;
  /** Why it did not complete. */
  readonly reasons: readonly string[];
}

function outcomeOf(close: HistoryEvent): Outcome {
  switch (close.eventType) {
    case EventType.WORKFLOW_EXECUTION_COMPLETED:
      return { status: 'COMPLETED', result: close.attributes.result, reasons: [] };
    case EventType.WORKFLOW_EXECUTION_FAILED:
      return { status: 'FAILED', reasons: failureLines(close.attributes.failure) };
    case EventType.WORKFLOW_EXECUTION_TIMED_OUT:
      return { status: 'TIMEOUT', reasons: ['a timeout of the workflow passed'] };
    case EventType.WORKFLOW_EXECUTION_CANCELED:
      return { status: 'CANCELED', reasons: payloadTexts(close.attributes.details) };
    case EventType.WORKFLOW_EXECUTION_TERMINATED:
      return { status: 'TERMINATED', reasons: close.attributes.reason === '' ? [] : [close.attributes.reason] };
    default:
      return { status: 'UNKNOWN', reasons: [`the history ends with event type ${close.eventType}`] };
  }
}

function printOutcome(around: Surroundings, flags: RunFlags, close: HistoryEvent): void {
  const { status, result, reasons } = outcomeOf(close);
  const texts = payloadTexts(result);
  if (flags.output === 'json') {
    const value = texts.length === 0 ? null : jsonOrText(texts[0] ?? '');
    printJson(around, {
      workflowId: flags['workflow-id'],
      namespace: flags.namespace,
      status,
      ...(status === 'COMPLETED' ? { result: value } : { failure: reasons }),
    });
  } else if (status === 'COMPLETED') around.out(texts.map((text) => `${text}\n`).join(''));
  if (status !== 'COMPLETED')
    throw new CommandFailure(
      ExitCode.FAILED,
      [`${flags['workflow-id']} did not complete: ${status}`, ...reasons].join('\n  '),
    );
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
