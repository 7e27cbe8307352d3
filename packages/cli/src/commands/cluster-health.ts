/** `perdure operator cluster health` */
import { health, HealthCheckResponseServingStatus } from '@perdure/protocol';
import type { Surroundings } from '../command.js';
import { withConnection } from '../connection.js';
import { CommandFailure, ExitCode } from '../exit-code.js';
import { printJson } from '../output/print.js';
import type { ConnectionFlags } from '../spec.js';

export async function run(around: Surroundings, flags: ConnectionFlags): Promise<void> {
  await withConnection(flags, async (connection) => {
    const { status } = await connection.call(health.Check, {
      service: 'temporal.api.workflowservice.v1.WorkflowService',
    });
    const isServing = status === HealthCheckResponseServingStatus.SERVING;
    const text = isServing ? 'SERVING' : 'NOT_SERVING';
    if (flags.output === 'json') printJson(around, { status: text });
    else around.out(`${text}\n`);
    if (!isServing)
      throw new CommandFailure(
        ExitCode.UNAVAILABLE,
        `The Service at ${flags.address} is not serving.`,
        'Its log says why.',
      );
  });
}
