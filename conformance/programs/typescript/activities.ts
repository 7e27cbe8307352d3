// Activities of the scenarios; names say what they do.
import { ApplicationFailure, Context, heartbeat } from '@temporalio/activity';

export async function greet(name: string): Promise<string> {
  return `Hello, ${name}!`;
}

/** Fails until the given attempt. */
export async function succeedOnAttempt(attempt: number): Promise<number> {
  const current = Context.current().info.attempt;
  if (current < attempt) throw new Error(`attempt ${current} fails`);
  return current;
}

export async function failNonRetryable(): Promise<never> {
  throw ApplicationFailure.create({ message: 'never again', type: 'Never', nonRetryable: true, details: ['a', 1] });
}

export async function failWithType(type: string): Promise<never> {
  throw ApplicationFailure.create({ message: `a ${type}`, type, cause: new Error('the cause') });
}

/** Asks for its own retry delay once, then succeeds. */
export async function askForDelay(): Promise<number> {
  const { attempt } = Context.current().info;
  if (attempt === 1) throw ApplicationFailure.create({ message: 'later', nextRetryDelay: '1200ms' });
  return attempt;
}

/** Heartbeats until it is cancelled, and then ends as cancelled. */
export async function waitForCancel(): Promise<void> {
  const context = Context.current();
  const beat = setInterval(() => heartbeat('alive'), 100);
  try {
    await context.cancelled;
  } finally {
    clearInterval(beat);
  }
}

/** Heartbeats until it is cancelled, and then returns a result all the same. */
export async function ignoreCancel(): Promise<string> {
  await waitForCancel().catch(() => undefined);
  return 'finished anyway';
}

/** Does nothing for a while, deaf to cancellation; longer than any timeout of the scenarios. */
export async function outlive(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** First attempt: heartbeats and fails. Second: returns what the first left. */
export async function resumeFromHeartbeat(): Promise<unknown> {
  const { info } = Context.current();
  if (info.attempt > 1) return info.heartbeatDetails;
  heartbeat({ done: 7 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  throw new Error('stopped in the middle');
}
