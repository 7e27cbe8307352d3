/** Log lines for people, or JSON for machines. */
import type { Log, LogLevel } from '../ports/index.js';

export type LogFormat = 'pretty' | 'json' | 'text';
export type LogThreshold = LogLevel | 'never';

const RANK: Readonly<Record<LogThreshold, number>> = { debug: 0, info: 1, warn: 2, error: 3, never: 4 };

export interface StreamLogOptions {
  readonly level: LogThreshold;
  readonly format: LogFormat;
  readonly write: (line: string) => void;
  readonly nowMs: () => number;
}

export function streamLog({ level, format, write, nowMs }: StreamLogOptions): Log {
  const line = format === 'json' ? jsonLine : textLine;
  return {
    write(of, message, fields = {}) {
      if (RANK[of] >= RANK[level]) write(`${line(nowMs(), of, message, fields)}\n`);
    },
  };
}

function jsonLine(nowMs: number, level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ time: new Date(nowMs).toISOString(), level, msg: message, ...fields });
}

function textLine(nowMs: number, level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): string {
  const extra = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  return `${new Date(nowMs).toISOString()} ${level.toUpperCase().padEnd(5)} ${message}${extra.join('')}`;
}
