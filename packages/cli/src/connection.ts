/** From flags to a connection, and from a failed call to a message that says what to do. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { StatusCode } from '@perdure/protocol';
import type { Init } from '@perdure/protocol';
import { CallFailed, Channel } from '@perdure/protocol/channel';
import type { ChannelTls } from '@perdure/protocol/channel';
import { CommandFailure, ExitCode, UsageError } from './exit-code.js';
import type { ConnectionFlags } from './spec.js';

/** Calls that do not wait for anything answer well within this. */
const CALL_TIMEOUT_MS = 10_000;

/** One row of the RPC table of `@perdure/protocol`. */
interface CallableRpc<Q, S> {
  readonly path: string;
  readonly request: { encode(request: Init<Q>): Uint8Array };
  readonly response: { decode(bytes: Uint8Array): S };
}

export class Connection {
  readonly #channel: Channel;
  readonly #flags: ConnectionFlags;
  readonly #beganMs = performance.now();

  constructor(channel: Channel, flags: ConnectionFlags) {
    this.#channel = channel;
    this.#flags = flags;
  }

  /**
   * Throws CommandFailure. `timeoutMs`: for calls that wait. --command-timeout bounds the whole command, however many calls
   * it makes.
   */
  async call<Q, S>(rpc: CallableRpc<Q, S>, request: NoInfer<Init<Q>>, timeoutMs = CALL_TIMEOUT_MS): Promise<S> {
    const commandMs = this.#flags['command-timeout'];
    const leftMs = commandMs === undefined ? timeoutMs : commandMs - (performance.now() - this.#beganMs);
    if (leftMs <= 0) throw new CommandFailure(ExitCode.TIMED_OUT, `no answer within ${commandMs ?? timeoutMs} ms`);
    try {
      const bytes = await this.#channel.call(rpc.path, rpc.request.encode(request), { timeoutMs: Math.ceil(leftMs) });
      return rpc.response.decode(bytes);
    } catch (error) {
      throw error instanceof CallFailed ? failureOf(error, this.#flags) : error;
    }
  }

  /** The answer as bytes, for printing it as JSON without a loss. */
  async callBytes<Q, S>(
    rpc: CallableRpc<Q, S>,
    request: NoInfer<Init<Q>>,
    timeoutMs = CALL_TIMEOUT_MS,
  ): Promise<Uint8Array> {
    return this.call(
      { path: rpc.path, request: rpc.request, response: { decode: (bytes) => bytes } },
      request,
      timeoutMs,
    );
  }
}

/** Opens a connection for as long as `use` runs. Throws CommandFailure. */
export async function withConnection(
  flags: ConnectionFlags,
  use: (connection: Connection) => Promise<void>,
): Promise<void> {
  const channel = openChannel(flags.address, await readTls(flags));
  try {
    await use(new Connection(channel, flags));
  } finally {
    channel.close();
  }
}

function openChannel(address: string, tls: ChannelTls | undefined): Channel {
  try {
    return new Channel({ address, userAgent: 'perdure-cli', ...(tls && { tls }) });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`--address: ${error.message}`, 'For example: --address localhost:7233');
  }
}

/** Who calls, as histories record it. */
export function identity(): string {
  return `perdure-cli:${process.pid}@${hostname()}`;
}

async function readTls(flags: ConnectionFlags): Promise<ChannelTls | undefined> {
  const { tls, 'tls-ca': caFile, 'tls-cert': certFile, 'tls-key': keyFile, 'tls-server-name': serverName } = flags;
  if (!tls && caFile === undefined && certFile === undefined && keyFile === undefined) return undefined;
  if ((certFile === undefined) !== (keyFile === undefined))
    throw new UsageError('--tls-cert and --tls-key belong together.', 'Give both, or neither.');
  return {
    ...(caFile === undefined ? {} : { ca: await readPem('tls-ca', caFile) }),
    ...(certFile === undefined ? {} : { cert: await readPem('tls-cert', certFile) }),
    ...(keyFile === undefined ? {} : { key: await readPem('tls-key', keyFile) }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

async function readPem(flag: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`--${flag} ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function failureOf(error: CallFailed, flags: ConnectionFlags): CommandFailure {
  if (error.systemCode !== undefined) return unreachable(error, flags);
  return new CommandFailure(exitCodeOf(error.code), error.message, adviceOf(error, flags));
}

function unreachable({ systemCode, message }: CallFailed, { address }: ConnectionFlags): CommandFailure {
  switch (systemCode) {
    case 'ECONNREFUSED':
      return new CommandFailure(
        ExitCode.UNAVAILABLE,
        `Nothing listens at ${address}.`,
        'Start a Service with `perdure server start-dev`, or name another with --address.',
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CommandFailure(ExitCode.UNAVAILABLE, `The host of ${address} is not known.`, 'Check --address.');
    default:
      return new CommandFailure(
        ExitCode.UNAVAILABLE,
        `No connection to ${address}: ${message}`,
        'Is the Service up, at this --address, and do the --tls flags fit it?',
      );
  }
}

function exitCodeOf(code: number): ExitCode {
  switch (code) {
    case StatusCode.NOT_FOUND:
      return ExitCode.NOT_FOUND;
    case StatusCode.DEADLINE_EXCEEDED:
      return ExitCode.TIMED_OUT;
    case StatusCode.UNAVAILABLE:
      return ExitCode.UNAVAILABLE;
    case StatusCode.PERMISSION_DENIED:
    case StatusCode.UNAUTHENTICATED:
      return ExitCode.DENIED;
    default:
      return ExitCode.FAILED;
  }
}

function adviceOf({ code, message }: CallFailed, { namespace }: ConnectionFlags): string | undefined {
  const isNamespace = code === StatusCode.NOT_FOUND && /namespace/i.test(message);
  if (isNamespace)
    return `List them: perdure operator namespace list. Or create it: perdure operator namespace create -n ${namespace}`;
  return code === StatusCode.NOT_FOUND ? 'List what is there: perdure workflow list' : undefined;
}
