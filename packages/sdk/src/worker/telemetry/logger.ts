/** Where messages of workers, activities and workflows go: to stderr, or to a logger of the user's. */
import { inspect } from 'node:util';
import type { Logger, LogLevel, LogMetadata } from '../../conversion/logger.js';

export type { Logger, LogLevel, LogMetadata } from '../../conversion/logger.js';

export interface LogEntry {
  message: string;
  level: LogLevel;
  /** Since the epoch. */
  timestampNanos: bigint;
  meta?: LogMetadata | undefined;
}

/** Field with the time of a message, in nanoseconds since the epoch; set on messages of workflows. */
export const LogTimestamp = Symbol.for('log_timestamp');

const SEVERITY: { readonly [level in LogLevel]: number } = { TRACE: 0, DEBUG: 1, INFO: 2, WARN: 3, ERROR: 4 };

/** Whether messages of `level` are as severe as `least`, or more. */
export function isLogged(level: LogLevel, least: LogLevel): boolean {
  return SEVERITY[level] >= SEVERITY[least];
}

/** Writes to stderr, one line per message, or calls `logFunction` for each. */
export class DefaultLogger implements Logger {
  /** Messages that are less severe are left out. Default INFO. */
  readonly level: LogLevel;
  readonly #write: (entry: LogEntry) => void;

  constructor(level: LogLevel = 'INFO', logFunction: (entry: LogEntry) => void = writeLine) {
    this.level = level;
    this.#write = logFunction;
  }

  log(level: LogLevel, message: string, meta?: LogMetadata): void {
    if (!isLogged(level, this.level)) return;
    const { [LogTimestamp]: time, ...fields } = meta ?? {};
    const timestampNanos = typeof time === 'bigint' ? time : BigInt(Date.now()) * 1_000_000n;
    this.#write({
      level,
      message,
      timestampNanos,
      meta: Reflect.ownKeys(fields).length === 0 ? undefined : fields,
    });
  }

  trace(message: string, meta?: LogMetadata): void {
    this.log('TRACE', message, meta);
  }

  debug(message: string, meta?: LogMetadata): void {
    this.log('DEBUG', message, meta);
  }

  info(message: string, meta?: LogMetadata): void {
    this.log('INFO', message, meta);
  }

  warn(message: string, meta?: LogMetadata): void {
    this.log('WARN', message, meta);
  }

  error(message: string, meta?: LogMetadata): void {
    this.log('ERROR', message, meta);
  }
}

function writeLine({ level, message, timestampNanos, meta }: LogEntry): void {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const colors = process.stderr.isTTY === true;
  const fields = meta === undefined ? '' : ` ${inspect(meta, { colors, breakLength: Infinity, depth: 4 })}`;
  process.stderr.write(`${time} [${level}] ${message}${fields}\n`);
}

/** Whether messages at DEBUG go anywhere: what nobody reads need not be put together. */
export function writesDebug(logger: Logger): boolean {
  return writingDebug.get(logger) ?? !(logger instanceof DefaultLogger && !isLogged('DEBUG', logger.level));
}

const writingDebug = new WeakMap<Logger, boolean>();

type Write = (...args: never[]) => unknown;

/** A logger of pino: fields first, then the message. */
interface PinoLike {
  trace: Write;
  debug: Write;
  info: Write;
  warn: Write;
  error: Write;
  child: Write;
  bindings: Write;
}

/** A logger of winston: level, message, fields. */
interface WinstonLike {
  log: Write;
  child: Write;
  transports: unknown;
}

/** Loggers that can be given as they are. */
export type AnyLogger = Logger | PinoLike | WinstonLike;

/** The logger in the form that this package calls. */
export function asLogger(logger: AnyLogger): Logger {
  if (!isPino(logger) && !isWinston(logger)) return logger;
  const adapted = isPino(logger)
    ? leveled((level, message, meta) => pinoWrite(logger, level, message, meta))
    : leveled((level, message, meta) => winstonWrite(logger, level, message, meta));
  const { level } = logger as { level?: unknown };
  if (typeof level === 'string') writingDebug.set(adapted, DEBUG_LEVELS.has(level));
  return adapted;
}

/** Levels of pino and winston at which messages at DEBUG are written. */
const DEBUG_LEVELS: ReadonlySet<string> = new Set(['trace', 'debug', 'silly', 'verbose']);

function winstonWrite(logger: WinstonLike, level: LogLevel, message: string, meta: LogMetadata | undefined): void {
  const write = logger.log as (level: string, message: string, meta: LogMetadata) => void;
  write.call(logger, level === 'TRACE' ? 'silly' : level.toLowerCase(), message, meta ?? {});
}

function isPino(logger: AnyLogger): logger is PinoLike {
  return 'bindings' in logger && typeof logger.bindings === 'function' && 'child' in logger;
}

function isWinston(logger: AnyLogger): logger is WinstonLike {
  return 'transports' in logger && 'child' in logger;
}

function pinoWrite(logger: PinoLike, level: LogLevel, message: string, meta: LogMetadata | undefined): void {
  const name = level.toLowerCase() as Lowercase<LogLevel>;
  const write = logger[name] as (fields: object, message: string) => void;
  // pino prints an error with its stack only under its own name for it.
  const { error, ...rest } = meta ?? {};
  write.call(logger, error instanceof Error ? { ...rest, err: error } : { ...meta }, message);
}

function leveled(log: (level: LogLevel, message: string, meta?: LogMetadata) => void): Logger {
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}
