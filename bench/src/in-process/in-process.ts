/**
 * CPU per operation without sockets: Service, client and worker in this process. It is steadier than a load through sockets,
 * and what it shows is nearly all ours: for changes of engine, store and codec.
 */
import type { Options } from '../options.js';
import { figure, table } from '../report/table.js';
import { SmallWorld } from './small-world.js';

export interface InProcessResult {
  readonly operation: string;
  /** Of the process, in microseconds: its threads that collect garbage and compile are in it. */
  readonly cpuUsMin: number;
  readonly cpuUsMedian: number;
}

interface Operation {
  readonly name: string;
  readonly isWorkedOn: boolean;
  readonly run: (world: SmallWorld, no: number) => Promise<void>;
}

/** An execution takes at most so many signals in the field. */
const SIGNALS_PER_EXECUTION = 1_000;

const OPERATIONS: readonly Operation[] = [
  {
    name: 'workflow with one activity',
    isWorkedOn: true,
    run: async (world, no) => {
      const runId = await world.start(`workflow-${no}`);
      await world.result(`workflow-${no}`, runId);
    },
  },
  {
    name: 'start',
    isWorkedOn: false,
    run: async (world, no) => {
      await world.start(`workflow-${no}`);
    },
  },
  {
    name: 'signal to one execution',
    isWorkedOn: false,
    run: async (world, no) => {
      const workflowId = `workflow-${Math.floor(no / SIGNALS_PER_EXECUTION)}`;
      if (no % SIGNALS_PER_EXECUTION === 0) await world.start(workflowId);
      else await world.signal(workflowId, `signal-${no}`);
    },
  },
];

const AT_ONCE = 50;
/** Operations between two looks at the clock. */
const WINDOW = 500;
/** While the compiler is at work, figures tell of the compiler. */
const WARM_UP_WINDOWS = 6;

export async function measureInProcess(
  { seconds, rounds }: Options,
  dbFilename: string | undefined,
): Promise<InProcessResult[]> {
  const results: InProcessResult[] = [];
  for (const [index, operation] of OPERATIONS.entries()) {
    const file = dbFilename === undefined ? undefined : `${dbFilename}-${index}`;
    results.push(await measureOne(operation, seconds * rounds, file));
  }
  const rows = results.map((result) => [result.operation, figure(result.cpuUsMin), figure(result.cpuUsMedian)]);
  const head = ['in process, per operation', 'CPU, µs: best window', 'median'];
  console.log(`\nWithout sockets, ${AT_ONCE} at once, client and worker included:\n\n${table(head, rows)}`);
  return results;
}

async function measureOne(
  operation: Operation,
  seconds: number,
  dbFilename: string | undefined,
): Promise<InProcessResult> {
  const world = await SmallWorld.open(dbFilename);
  if (operation.isWorkedOn) world.beginWork();
  let lastNo = -1;
  const window = async (): Promise<number> => {
    const before = process.cpuUsage();
    const until = lastNo + WINDOW;
    const loop = async (): Promise<void> => {
      while (lastNo < until) await operation.run(world, ++lastNo);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, loop));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / WINDOW;
  };
  for (let warmUp = 0; warmUp < WARM_UP_WINDOWS; warmUp++) await window();
  const windows: number[] = [];
  const endMs = performance.now() + seconds * 1_000;
  do windows.push(await window());
  while (performance.now() < endMs);
  await world.close();
  windows.sort((a, b) => a - b);
  return {
    operation: operation.name,
    cpuUsMin: windows[0] ?? NaN,
    cpuUsMedian: windows[windows.length >> 1] ?? NaN,
  };
}
