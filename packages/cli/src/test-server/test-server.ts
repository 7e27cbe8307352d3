/** `perdure test-server PORT`: a Service that skips time, in this process, until it is ended. */
import { createServer, streamLog, VirtualClock } from '@perdure/server';
import type { Server } from '@perdure/server';
import type { Surroundings } from '../command.js';
import type { TestServerFlags } from '../spec.js';
import { searchAttributesOf } from '../start-dev/server-options.js';
import { Ending, explain } from '../start-dev/start-dev.js';
import { CLI_VERSION } from '../version.js';

export async function run(around: Surroundings, flags: TestServerFlags): Promise<void> {
  const end = new Ending();
  const server = await start(around, flags, (reason) => end.halt(reason));
  // Before the line is printed: who reads it may send a signal at once.
  end.listen(around);
  const { host = flags.ip, port = flags.port } = server.address ?? {};
  around.out(`Perdure ${CLI_VERSION}: test server, ${host}:${port}\n`);
  await end.serve(server, flags['log-level'] === 'never' ? around.err : () => undefined);
}

async function start(around: Surroundings, flags: TestServerFlags, onHalt: (reason: string) => void): Promise<Server> {
  const { 'log-level': level, 'log-format': format, port, ip } = flags;
  try {
    return await createServer({
      clock: new VirtualClock({ isLocked: !flags['enable-time-skipping'] }),
      port,
      host: ip,
      namespaces: flags.namespace,
      searchAttributes: searchAttributesOf(flags),
      log: streamLog({ level, format, write: around.err, nowMs: around.nowMs }),
      onHalt,
    });
  } catch (error) {
    throw await explain(error, flags);
  }
}
