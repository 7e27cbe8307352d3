// A history as a person reads it: number, time since the start, event, and what matters of it.
import type { WorkflowHandle } from '@temporalio/client';

type Event = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** One line per event. */
export function historyLines(events: readonly Event[]): string[] {
  const start = millisecondsOf(events[0]);
  return events.map((event) => {
    const { name, attributes } = kindOf(event);
    const after = `+${millisecondsOf(event) - start} ms`;
    return `${String(event.eventId).padStart(3)} ${after.padStart(10)}  ${name.padEnd(28)} ${summary(attributes)}`.trimEnd();
  });
}

function millisecondsOf(event: Event | undefined): number {
  const { seconds, nanos } = event?.eventTime ?? {};
  return Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1e6);
}

/** The name of the one attributes field that is set, without its ending. */
function kindOf(event: Event): { name: string; attributes: Record<string, unknown> } {
  const [key, attributes] = Object.entries(event).find(
    ([name, value]) => name.endsWith('EventAttributes') && value,
  ) ?? ['unknown', {}];
  const name = key.replace(/EventAttributes$/, '');
  return { name: name[0]!.toUpperCase() + name.slice(1), attributes: attributes as Record<string, unknown> };
}

function summary(attributes: Record<string, unknown>): string {
  const { activityType, workflowType, attempt, failure, result, input, timerId } = attributes as {
    activityType?: { name?: string };
    workflowType?: { name?: string };
    attempt?: number;
    failure?: { message?: string };
    result?: Payloads;
    input?: Payloads;
    timerId?: string;
  };
  const parts = [
    workflowType?.name,
    activityType?.name,
    timerId && `timer ${timerId}`,
    attempt && attempt > 1 && `attempt ${attempt}`,
    input && jsonOf(input),
    result && `→ ${jsonOf(result)}`,
    failure && `✗ ${failure.message}`,
  ];
  return parts.filter(Boolean).join(' ');
}

interface Payloads {
  payloads?: { data?: Uint8Array | null }[] | null;
}

function jsonOf({ payloads }: Payloads): string {
  return (payloads ?? []).map(({ data }) => Buffer.from(data ?? []).toString()).join(', ');
}
