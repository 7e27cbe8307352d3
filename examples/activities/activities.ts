// Three kinds of activity: one that calls out and can be stopped, one that resumes, one that somebody else completes.
import { activityInfo, cancellationSignal, CompleteAsyncError, heartbeat, sleep } from 'perdure/activity';

/** The text at a URL. The request is broken off when the workflow no longer wants it. */
export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { signal: cancellationSignal() });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}

/** Where people sign: id of the workflow → token of the activity that waits for it. */
export const waitingForSignature = new Map<string, Uint8Array>();

/** Ends when somebody completes it through the client, minutes or months later; no worker is held. */
export async function askForSignature(document: string): Promise<string> {
  const { taskToken, workflowExecution } = activityInfo();
  waitingForSignature.set(workflowExecution?.workflowId ?? document, taskToken);
  throw new CompleteAsyncError();
}

/** Copies pages one by one. A new attempt goes on after the page that the last heartbeat told. */
export async function copyPages(pages: number, breakAfter?: number): Promise<{ copied: number; resumedAt: number }> {
  const { attempt, heartbeatDetails } = activityInfo();
  const resumedAt = (heartbeatDetails as number | undefined) ?? 0;
  for (let page = resumedAt + 1; page <= pages; page++) {
    await sleep(1);
    heartbeat(page);
    if (attempt === 1 && page === breakAfter) throw new Error(`The copier broke at page ${page}.`);
  }
  return { copied: pages - resumedAt, resumedAt };
}

/** Never ends by itself; says how far it was when it is stopped. */
export async function keepWatch(): Promise<never> {
  for (let round = 1; ; round++) {
    heartbeat(round);
    await sleep(20);
  }
}
