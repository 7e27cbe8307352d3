/** The flags of `npm run bench`. */
import { parseArgs } from 'node:util';
import { WORKLOADS } from './workloads.js';

export interface Options {
  /** HOST:PORT of another server that gets the same load in turn. */
  readonly reference: string | undefined;
  readonly referencePid: number | undefined;
  /** Starts another server on the port that replaces `{port}`; for `startup`. */
  readonly referenceCommand: string | undefined;
  /** Names of workloads and of the other measurements, in the order they are made. */
  readonly only: readonly string[];
  readonly seconds: number;
  readonly rounds: number;
  readonly jsonFile: string | undefined;
  /** `memory`, or a folder for the database. */
  readonly db: string;
  readonly executions: number;
  readonly connections: number;
  readonly idleSeconds: number;
  readonly profileFolder: string | undefined;
  readonly starts: number;
}

export const OTHER_MEASUREMENTS = ['startup', 'in-process', 'go', 'sdk', 'idle', 'open'] as const;
/** Small enough for CI: it shows that everything runs; its figures mean nothing. */
const QUICK = { starts: 1, seconds: 1, rounds: 1, executions: 500, connections: 10, idleSeconds: 2 };
/** Idle workers are watched for longer than a long poll lasts: renewing polls is most of their cost. */
const FULL = { starts: 11, seconds: 5, rounds: 3, executions: 100_000, connections: 1_000, idleSeconds: 70 };

export const USAGE = `Usage: npm run bench [-- FLAGS]
  --reference HOST:PORT   a server to compare with; it must have the namespace 'default'
  --reference-pid PID     its process, for CPU, bytes and memory
  --reference-command C   starts a server to compare the start with; {port} stands for its port
  --only NAMES            comma-separated, of: ${[...WORKLOADS.map(({ name }) => name), ...OTHER_MEASUREMENTS].join(', ')}
  --seconds S             how long each is measured (default ${FULL.seconds})
  --rounds N              how often; medians are shown (default ${FULL.rounds})
  --starts N              how often each server is started (default ${FULL.starts})
  --db DIR|memory         where the database is made (default: a temporary folder)
  --executions N          open executions waiting on a timer (default ${FULL.executions})
  --connections N         idle workers (default ${FULL.connections})
  --idle-seconds S        how long they are watched (default ${FULL.idleSeconds})
  --json FILE             the results once more, for programs
  --profile DIR           a CPU profile of our server
  --quick                 everything once and small: ${JSON.stringify(QUICK)}`;

export class UsageError extends Error {}

export function parseOptions(argv: readonly string[]): Options {
  const flag = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      reference: flag,
      'reference-pid': flag,
      'reference-command': flag,
      only: flag,
      seconds: flag,
      rounds: flag,
      starts: flag,
      json: flag,
      db: flag,
      executions: flag,
      connections: flag,
      'idle-seconds': flag,
      profile: flag,
      quick: { type: 'boolean' },
    },
  });
  const defaults = values.quick === true ? QUICK : FULL;
  return {
    reference: values.reference,
    referencePid:
      values['reference-pid'] === undefined ? undefined : positive('reference-pid', values['reference-pid'], 0),
    referenceCommand: values['reference-command'],
    only: namesOf(values.only),
    seconds: positive('seconds', values.seconds, defaults.seconds),
    rounds: positive('rounds', values.rounds, defaults.rounds),
    starts: positive('starts', values.starts, defaults.starts),
    jsonFile: values.json,
    db: values.db ?? '',
    executions: positive('executions', values.executions, defaults.executions),
    connections: positive('connections', values.connections, defaults.connections),
    idleSeconds: positive('idle-seconds', values['idle-seconds'], defaults.idleSeconds),
    profileFolder: values.profile,
  };
}

function namesOf(text: string | undefined): readonly string[] {
  const known = [...WORKLOADS.map(({ name }) => name), ...OTHER_MEASUREMENTS];
  if (text === undefined) return known;
  const names = text.split(',');
  for (const name of names)
    if (!known.includes(name)) throw new UsageError(`there is no measurement ${name}; take of: ${known.join(', ')}`);
  return names;
}

function positive(flag: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0)) throw new UsageError(`--${flag} takes a number above 0, not ${text}`);
  return value;
}
