/** What happened, in order: a hash over all of it (two runs of one seed must agree) and the newest lines for people. */
const LINES_KEPT = 400;

export class Trace {
  readonly #lines: string[] = [];
  readonly #echo: ((line: string) => void) | undefined;
  /** Whether every message is written down, not only what changes the course of things. */
  readonly isDetailed: boolean;
  #count = 0;
  #low = 0x811c9dc5;
  #high = 0x01000193;

  constructor(isDetailed: boolean, echo?: (line: string) => void) {
    this.isDetailed = isDetailed;
    this.#echo = echo;
  }

  line(atMs: number, who: string, what: string): void {
    const text = `${(atMs - TRACE_ORIGIN_MS).toFixed(2).padStart(11)} ${who.padEnd(8)} ${what}`;
    this.#count += 1;
    this.#hash(text);
    this.#lines[this.#count % LINES_KEPT] = text;
    this.#echo?.(text);
  }

  get hash(): string {
    return `${(this.#high >>> 0).toString(16).padStart(8, '0')}${(this.#low >>> 0).toString(16).padStart(8, '0')}`;
  }

  get count(): number {
    return this.#count;
  }

  /** The newest lines, oldest first. */
  tail(count: number): string[] {
    const lines: string[] = [];
    for (let index = Math.max(1, this.#count - Math.min(count, LINES_KEPT) + 1); index <= this.#count; index += 1) {
      lines.push(this.#lines[index % LINES_KEPT] ?? '');
    }
    return lines;
  }

  #hash(text: string): void {
    let low = this.#low;
    for (let index = 0; index < text.length; index += 1) low = Math.imul(low ^ text.charCodeAt(index), 0x01000193);
    this.#low = low;
    this.#high = Math.imul(this.#high ^ low, 0x85ebca6b) ^ (this.#high >>> 15);
  }
}

/** 1 January 2026: where every simulated world begins. */
export const TRACE_ORIGIN_MS = Date.UTC(2026, 0, 1);
