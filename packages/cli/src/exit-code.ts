/** What the exit code of `perdure` says. Scripts may rely on it. */
export const ExitCode = {
  OK: 0,
  FAILED: 1,
  /** Wrong command, flag or value. */
  USAGE: 2,
  NOT_FOUND: 4,
  TIMED_OUT: 5,
  /** Nothing answers at the address, or the Service is not ready. */
  UNAVAILABLE: 6,
  DENIED: 7,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends a command: the message, then what to do about it, are printed to stderr. */
export class CommandFailure extends Error {
  override readonly name: string = 'CommandFailure';
  readonly exitCode: ExitCode;
  readonly advice: string | undefined;

  constructor(exitCode: ExitCode, message: string, advice?: string) {
    super(message);
    this.exitCode = exitCode;
    this.advice = advice;
  }
}

/** The command line is wrong. */
export class UsageError extends CommandFailure {
  override readonly name = 'UsageError';

  constructor(message: string, advice?: string) {
    super(ExitCode.USAGE, message, advice);
  }
}
