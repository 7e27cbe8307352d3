/** Which inputs met which faults: an input counts for a fault that strikes while it is decided, or shortly after. */
import { FAULT_KINDS } from './options.js';
import type { FaultKind } from './options.js';

/** Long enough for a decision's commit and its replies. */
const MEETING_MS = 250;

export const INPUT_KINDS = [
  'start',
  'signal',
  'requestCancel',
  'terminate',
  'attachRequest',
  'workflowTaskStarted',
  'workflowTaskCompleted',
  'workflowTaskFailed',
  'workflowTaskNotDelivered',
  'activityTaskStarted',
  'activityCompleted',
  'activityFailed',
  'activityCanceled',
  'activityHeartbeat',
  'activityNotDelivered',
  'update',
  'resetSticky',
  'stickyUnavailable',
  'timerDue',
  'message',
  'query',
  'describe',
  'getHistory',
  'list',
] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

export type CoverageTable = Readonly<Record<string, number>>;

export class Coverage {
  readonly #cells = new Map<string, number>();
  readonly #recent: { readonly kind: InputKind; readonly atMs: number }[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  decided(kind: InputKind): void {
    this.#recent.push({ kind, atMs: this.#nowMs() });
    if (this.#recent.length > 256) this.#recent.splice(0, 128);
    this.#count(`${kind}/any`);
  }

  struck(fault: FaultKind): void {
    const fromMs = this.#nowMs() - MEETING_MS;
    const met = new Set<InputKind>();
    for (let index = this.#recent.length - 1; index >= 0; index -= 1) {
      const entry = this.#recent[index];
      if (entry === undefined || entry.atMs < fromMs) break;
      met.add(entry.kind);
    }
    for (const kind of met) this.#count(`${kind}/${fault}`);
    this.#count(`any/${fault}`);
  }

  table(): CoverageTable {
    return Object.fromEntries(this.#cells);
  }

  #count(cell: string): void {
    this.#cells.set(cell, (this.#cells.get(cell) ?? 0) + 1);
  }
}

export function addTable(into: Record<string, number>, table: CoverageTable): void {
  for (const [cell, count] of Object.entries(table)) into[cell] = (into[cell] ?? 0) + count;
}

/** Rows: inputs, columns: faults; the names of the empty cells beside it. */
export function printTable(table: CoverageTable): { readonly text: string; readonly empty: string[] } {
  const width = 5;
  const columns = ['any', ...FAULT_KINDS] as const;
  const head = columns.map((name, index) => `  ${String.fromCharCode(97 + index)} = ${name}`).join('');
  const lines = [
    head,
    ' '.repeat(26) + columns.map((_, index) => String.fromCharCode(97 + index).padStart(width)).join(''),
  ];
  const empty: string[] = [];
  for (const row of INPUT_KINDS) {
    const cells = columns.map((column) => table[`${row}/${column}`] ?? 0);
    columns.forEach((column, index) => cells[index] === 0 && empty.push(`${row} × ${column}`));
    lines.push(row.padEnd(26) + cells.map((count) => short(count).padStart(width)).join(''));
  }
  return { text: lines.join('\n'), empty };
}

function short(count: number): string {
  if (count < 10_000) return String(count);
  return count < 1_000_000 ? `${Math.floor(count / 1_000)}k` : `${Math.floor(count / 1_000_000)}M`;
}
