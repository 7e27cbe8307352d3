/** Loggers: what the SDK writes its messages to, and how fields are added to all messages of a place. */
import type { Anything } from './anything.js';

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** Fields of a message. */
export type LogMetadata = Record<string | symbol, Anything>;

/** Where messages go. Implement it to use a logger of your own. */
export interface Logger {
  log(level: LogLevel, message: string, meta?: LogMetadata): void;
  trace(message: string, meta?: LogMetadata): void;
  debug(message: string, meta?: LogMetadata): void;
  info(message: string, meta?: LogMetadata): void;
  warn(message: string, meta?: LogMetadata): void;
  error(message: string, meta?: LogMetadata): void;
}

/** Values of the field `sdkComponent`: what wrote a message. */
export const SdkComponent = {
  /** Workflow code, by `log` of `perdure/workflow`. */
  workflow: 'workflow',
  /** Activity code, by `log` of `perdure/activity`. */
  activity: 'activity',
  /** Nexus operation handlers. */
  nexus: 'nexus',
  /** The worker itself. */
  worker: 'worker',
  /** Used by the official SDKs for their native part; nothing here writes it. */
  core: 'core',
} as const;
export type SdkComponent = (typeof SdkComponent)[keyof typeof SdkComponent];

/** Fields, or a function that is asked for them with each message. */
export type LogMetaOrFunc = LogMetadata | (() => LogMetadata);

/** A logger that adds fields to every message; those of the message itself win. Fields that are null or undefined are left out. */
export class LoggerWithComposedMetadata implements Logger {
  readonly #parent: Logger;
  readonly #fields: readonly LogMetaOrFunc[];

  constructor(parentLogger: Logger, contributors: readonly LogMetaOrFunc[]) {
    this.#parent = parentLogger;
    this.#fields = contributors;
  }

  /** The logger with these fields too. Loggers made of such loggers stay one level deep. */
  static compose(logger: Logger, metaOrFunc: LogMetaOrFunc): Logger {
    if (typeof metaOrFunc === 'object' && Object.keys(metaOrFunc).length === 0) return logger;
    if (!(logger instanceof LoggerWithComposedMetadata)) return new LoggerWithComposedMetadata(logger, [metaOrFunc]);
    return new LoggerWithComposedMetadata(logger.#parent, [...logger.#fields, metaOrFunc]);
  }

  log(level: LogLevel, message: string, meta?: LogMetadata): void {
    this.#parent.log(level, message, this.#with(meta));
  }

  trace(message: string, meta?: LogMetadata): void {
    this.#parent.trace(message, this.#with(meta));
  }

  debug(message: string, meta?: LogMetadata): void {
    this.#parent.debug(message, this.#with(meta));
  }

  info(message: string, meta?: LogMetadata): void {
    this.#parent.info(message, this.#with(meta));
  }

  warn(message: string, meta?: LogMetadata): void {
    this.#parent.warn(message, this.#with(meta));
  }

  error(message: string, meta?: LogMetadata): void {
    this.#parent.error(message, this.#with(meta));
  }

  #with(meta: LogMetadata | undefined): LogMetadata {
    const all: LogMetadata = {};
    for (const fields of this.#fields) Object.assign(all, typeof fields === 'function' ? fields() : fields);
    Object.assign(all, meta);
    for (const name of Reflect.ownKeys(all)) {
      if (all[name] === undefined || all[name] === null) delete all[name];
    }
    return all;
  }
}
