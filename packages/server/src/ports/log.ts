/** Where the Service says what it does. */
export interface Log {
  write(level: LogLevel, message: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
}
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
