/** One command line, from its arguments to an exit code. */
import type { Surroundings } from './command.js';
import { CommandFailure, ExitCode } from './exit-code.js';
import { helpText } from './help.js';
import { parse } from './parse.js';
import { commands, connectionFlags } from './spec.js';
import { CLI_VERSION } from './version.js';

export async function runCommandLine(args: readonly string[], around: Surroundings): Promise<ExitCode> {
  try {
    const parsed = parse(commands, connectionFlags, args, around.env);
    switch (parsed.kind) {
      case 'help':
        around.out(helpText(commands, parsed.path));
        return ExitCode.OK;
      case 'version':
        around.out(`perdure ${CLI_VERSION}\n`);
        return ExitCode.OK;
      case 'run':
        await parsed.command.start(around, parsed.given);
        return ExitCode.OK;
    }
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    around.err(`${error.message}\n${error.advice === undefined ? '' : `${error.advice}\n`}`);
    return error.exitCode;
  }
}
