/** `perdure server start-dev`: the Service in this process, until Ctrl-C. */
import { createServer, StoreError, streamLog, TlsFilesError } from '@perdure/server';
import type { Log, Server } from '@perdure/server';
import type { Surroundings } from '../command.js';
import { CommandFailure, ExitCode } from '../exit-code.js';
import type { StartDevFlags } from '../spec.js';
import { banner } from './banner.js';
import { limitsOf } from './dynamic-config.js';
import { notServed, searchAttributesOf, tlsOf } from './server-options.js';

export async function run(around: Surroundings, flags: StartDevFlags): Promise<void> {
  const log = streamLog({
    level: flags['log-level'],
    format: flags['log-format'],
    write: around.err,
    nowMs: around.nowMs,
  });
  const { limits, ignored } = limitsOf(flags['dynamic-config-value']);
  for (const name of ignored) log.write('debug', `the setting ${name} has no effect here`);
  const end = new Ending();
  const server = await start(flags, limits, log, (reason) => end.halt(reason));
  // Before the banner: who reads it may send a signal at once.
  end.listen(around);
  around.out(bannerOf(server, flags));
  await end.serve(server, flags['log-level'] === 'never' ? around.err : () => undefined);
}

async function start(
  flags: StartDevFlags,
  limits: object,
  log: Log,
  onHalt: (reason: string) => void,
): Promise<Server> {
  const { 'db-filename': dbFilename, 'metrics-port': metricsPort } = flags;
  const tls = tlsOf(flags);
  try {
    return await createServer({
      ...(dbFilename === undefined ? {} : { dbFilename }),
      ...(tls === undefined ? {} : { tls }),
      ...(metricsPort === undefined ? {} : { metricsPort }),
      sqlitePragmas: flags['sqlite-pragma'],
      port: flags.port,
      host: flags.ip,
      namespaces: flags.namespace,
      searchAttributes: searchAttributesOf(flags),
      limits,
      log,
      onHalt,
    });
  } catch (error) {
    throw await explain(error, flags);
  }
}

/** What keeps the server from starting, as a message that says what to do. */
export async function explain(error: unknown, flags: Pick<StartDevFlags, 'port' | 'ip'>): Promise<unknown> {
  if (error instanceof StoreError || error instanceof TlsFilesError)
    return new CommandFailure(ExitCode.FAILED, error.message);
  if (!(error instanceof Error) || !('code' in error)) return error;
  const port = 'port' in error && typeof error.port === 'number' ? error.port : flags.port;
  switch (error.code) {
    case 'EADDRINUSE': {
      const { portOwner } = await import('./port-owner.js');
      const flag = port === flags.port ? '--port' : '--metrics-port';
      const owner = portOwner(port) ?? 'another process';
      return new CommandFailure(
        ExitCode.FAILED,
        `Port ${port} is taken by ${owner}.`,
        `End it, or take another port: ${flag} ${port + 1} (${flag} 0: a free one).`,
      );
    }
    case 'EACCES':
      return new CommandFailure(
        ExitCode.FAILED,
        `This user may not listen on port ${port}.`,
        'Take a port above 1023.',
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CommandFailure(
        ExitCode.FAILED,
        `This machine has no address ${flags.ip}.`,
        'Check --ip: 127.0.0.1 for this machine only, 0.0.0.0 for all of its addresses.',
      );
    default:
      return error;
  }
}

function bannerOf(server: Server, flags: StartDevFlags): string {
  const { address } = server;
  return banner({
    address: `${address?.host ?? flags.ip}:${address?.port ?? flags.port}`,
    dbFilename: flags['db-filename'],
    namespaces: [...new Set(['default', ...flags.namespace])],
    metricsUrl: server.metricsUrl,
    tls: flags['tls-cert'] === undefined ? undefined : flags['tls-client-ca'] === undefined ? 'server' : 'mutual',
    notServed: notServed(flags),
  });
}

/** What ends the server: a signal, or a failure it cannot go on after. */
export class Ending {
  #resolve: (halt: string | undefined) => void = () => undefined;
  readonly #came = new Promise<string | undefined>((resolve) => (this.#resolve = resolve));

  halt(reason: string): void {
    this.#resolve(reason);
  }

  /** The first signal asks for an orderly end, the second one takes it. */
  listen(around: Surroundings): void {
    let isEnding = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (isEnding) process.exit(signal === 'SIGINT' ? 130 : 143);
      isEnding = true;
      around.out('Stopping: calls under way may end. Once more ends at once.\n');
      this.#resolve(undefined);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  }

  /** `tell`: says why the Service halted, where the log does not. */
  async serve(server: Server, tell: (text: string) => void): Promise<void> {
    const halt = await this.#came;
    if (halt === undefined) return server.close();
    tell(`The Service stopped: ${halt}\n`);
    // What it holds cannot be closed in an orderly way any more, and must not keep the process alive.
    process.exit(ExitCode.FAILED);
  }
}
