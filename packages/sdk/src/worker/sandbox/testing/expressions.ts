/** Expressions evaluated as workflow code. */
import type { WorkflowSandbox } from '../contract.js';
import { InThreadSandbox } from '../in-thread.js';
import { bundleSource } from './bundles.js';
import { resultOf } from './test-run.js';

/** What an expression gave, as text that compares well; `!` and the message when it threw. */
export type Answer = string;

/** How answers are written, in workflow code and outside of it. Parts of messages that differ between Nodes are not kept. */
export const WRITE = `
function write(value) {
  if (typeof value === 'function') return 'function';
  if (value instanceof Error) return value.name + ': ' + value.message;
  if (typeof value === 'bigint' || value === undefined || Object.is(value, -0) || Number.isNaN(value)) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (ArrayBuffer.isView(value)) return value.constructor.name + '[' + Array.from(value) + ']';
  if (value instanceof Map || value instanceof Set) return value.constructor.name + write([...value]);
  if (Array.isArray(value)) return '[' + value.map(write).join(', ') + ']';
  return JSON.stringify(value);
}
async function answer(fn) {
  try {
    return write(await fn());
  } catch (error) {
    return '!' + (error instanceof Error ? error.name : typeof error);
  }
}
`;

/** A sandbox whose workflow number n is the expression number n. Statements are allowed: then the last one must return. */
export async function sandboxOf(expressions: readonly string[], before = ''): Promise<WorkflowSandbox> {
  const functions = expressions.map(
    (text, index) => `export async function e${index}() { return answer(${fnText(text)}); }`,
  );
  return new InThreadSandbox(
    await bundleSource(`${before}\n${WRITE}\n${functions.join('\n')}`.replaceAll('/*ts*/', '')),
  );
}

export async function answersInside(expressions: readonly string[], before = ''): Promise<Answer[]> {
  const sandbox = await sandboxOf(expressions, before);
  const answers: Answer[] = [];
  for (const index of expressions.keys()) answers.push(String(await resultOf(sandbox, `e${index}`)));
  await sandbox.close();
  return answers;
}

/** The same expressions evaluated by Node. */
export async function answersOutside(expressions: readonly string[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const text of expressions) {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const evaluate = new Function(`${WRITE}; return answer(${fnText(text)});`) as () => Promise<Answer>;
    answers.push(await evaluate());
  }
  return answers;
}

function fnText(text: string): string {
  return /\breturn\b/.test(text) ? `async () => { ${text} }` : `async () => (${text})`;
}
