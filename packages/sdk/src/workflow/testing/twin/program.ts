/**
 * A workflow that does what its argument says: small programs of waits, scopes and handlers, made at random, to run on two
 * runtimes side by side. It tells what happened in which order by its trace.
 */
import * as wf from '../../api/index.js';

export type Node =
  | readonly ['activity' | 'local' | 'child' | 'startChild' | 'signalOut' | 'cancelOut', name: string]
  | readonly ['sleep', ms: number]
  | readonly ['seq' | 'all' | 'race' | 'settled', nodes: readonly Node[]]
  | readonly ['cancellable' | 'shielded', node: Node]
  | readonly ['withTimeout', ms: number, node: Node]
  | readonly ['cancelAfter', node: Node, after: Node, shielded: boolean]
  | readonly ['late', scope: string, node: Node]
  | readonly ['until', flag: string]
  | readonly ['untilFor', flag: string, ms: number]
  | readonly ['set', flag: string]
  | readonly ['catch', node: Node, then: Node]
  | readonly ['spawn', node: Node]
  | readonly ['awaitTrigger' | 'fire', name: string]
  | readonly ['timer', name: string, ms: number, node: Node]
  | readonly ['clear', name: string]
  | readonly ['patched', id: string]
  | readonly ['random']
  | readonly ['hops', count: number]
  | readonly ['finished']
  | readonly ['fail', kind: 'failure' | 'continueAsNew'];

export interface Program {
  readonly main: Node;
  readonly signals: Readonly<Record<string, Node>>;
  readonly updates: Readonly<Record<string, Node>>;
  /** Set at the start, or only when the main part gets there. */
  readonly handlersFirst: boolean;
}

interface Globals {
  readonly trace: string[];
  setTimeout(fn: () => void, ms: number): number;
  clearTimeout(id: number | undefined): void;
}
const globals = globalThis as unknown as Globals;

type Proxied = Record<string, (...args: unknown[]) => Promise<unknown>>;

export async function program(given: Program): Promise<string> {
  const machine = new Machine();
  if (given.handlersFirst) setHandlers(machine, given);
  await machine.run(given.main);
  if (!given.handlersFirst) setHandlers(machine, given);
  machine.mark('end');
  return 'done';
}

function setHandlers(machine: Machine, { signals, updates }: Program): void {
  for (const [name, node] of Object.entries(signals))
    wf.setHandler(wf.defineSignal(name), async () => void (await machine.run(node)));
  for (const [name, node] of Object.entries(updates))
    wf.setHandler(wf.defineUpdate<unknown, [number]>(name), async () => machine.run(node), {
      validator: (n) => {
        if (n > 8) throw wf.ApplicationFailure.create({ message: 'too much' });
      },
    });
}

class Machine {
  readonly #flags = new Set<string>();
  readonly #triggers = new Map<string, wf.Trigger<string>>();
  readonly #timers = new Map<string, number>();
  readonly #scopes = new Map<string, wf.CancellationScope>();
  readonly #remote = wf.proxyActivities<Proxied>({ startToCloseTimeout: '1m' });
  readonly #waiting = wf.proxyActivities<Proxied>({
    startToCloseTimeout: '1m',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
  readonly #local = wf.proxyLocalActivities<Proxied>({ startToCloseTimeout: '1m' });

  mark(text: string): void {
    globals.trace.push(text);
  }

  async run(node: Node): Promise<unknown> {
    this.mark(`+${node[0]}`);
    try {
      const value = await this.#do(node);
      this.mark(`-${node[0]}`);
      return value;
    } catch (error) {
      this.mark(`!${node[0]} ${String((error as Error).name)}`);
      throw error;
    }
  }

  #do(node: Node): Promise<unknown> | undefined {
    switch (node[0]) {
      case 'activity':
        return (node[1].endsWith('2') ? this.#waiting : this.#remote)[node[1]]!(node[1]);
      case 'local':
        return this.#local[node[1]]!(node[1]);
      case 'child':
        return wf.executeChild(node[1]);
      case 'startChild':
        return this.#startChild(node[1]);
      case 'signalOut':
        return wf.getExternalWorkflowHandle(node[1]).signal('ping', 1);
      case 'cancelOut':
        return wf.getExternalWorkflowHandle(node[1]).cancel();
      case 'sleep':
        return wf.sleep(node[1]);
      case 'seq':
        return this.#inTurn(node[1]);
      case 'all':
        return Promise.all(node[1].map((each) => this.run(each)));
      case 'race':
        return Promise.race(node[1].map((each) => this.run(each)));
      case 'settled':
        return Promise.allSettled(node[1].map((each) => this.run(each)));
      default:
        return this.#doScoped(node);
    }
  }

  #doScoped(node: Node): Promise<unknown> | undefined {
    switch (node[0]) {
      case 'cancellable':
        return wf.CancellationScope.cancellable(() => this.run(node[1]));
      case 'shielded':
        return wf.CancellationScope.nonCancellable(() => this.run(node[1]));
      case 'withTimeout':
        return wf.CancellationScope.withTimeout(node[1], () => this.run(node[2]));
      case 'cancelAfter':
        return this.#cancelAfter(node[1], node[2], node[3]);
      case 'late':
        return this.#scopeOf(node[1]).run(() => this.run(node[2]));
      case 'until':
        return wf.condition(() => this.#flags.has(node[1]));
      case 'untilFor':
        return wf.condition(() => this.#flags.has(node[1]), node[2]);
      case 'awaitTrigger':
        return Promise.resolve(this.#triggerOf(node[1]));
      case 'hops':
        return this.#hops(node[1]);
      case 'catch':
        return this.run(node[1]).catch(() => this.run(node[2]));
      case 'finished':
        return wf.condition(wf.allHandlersFinished);
      case 'fail':
        if (node[1] === 'continueAsNew') return wf.continueAsNew('again');
        return Promise.reject(wf.ApplicationFailure.create({ message: 'failed' }));
      default:
        this.#doAtOnce(node);
        return undefined;
    }
  }

  #doAtOnce(node: Node): void {
    switch (node[0]) {
      case 'set':
        this.#flags.add(node[1]);
        return;
      case 'fire':
        return this.#triggerOf(node[1]).resolve('fired');
      case 'spawn':
        this.run(node[1]).catch((error: unknown) => this.mark(`spawned ${String((error as Error).name)}`));
        return;
      case 'timer':
        return this.#startTimer(node[1], node[2], node[3]);
      case 'clear':
        if (this.#timers.has(node[1])) globals.clearTimeout(this.#timers.get(node[1]));
        return;
      case 'patched':
        return this.mark(`patched ${wf.patched(node[1])}`);
      case 'random':
        return this.mark(`random ${Math.random()} ${wf.uuid4()} ${wf.getRandomStream('s').random()}`);
    }
  }

  #startTimer(name: string, ms: number, node: Node): void {
    const fire = (): void => void this.run(node).catch(() => undefined);
    this.#timers.set(name, globals.setTimeout(fire, ms));
  }

  async #inTurn(nodes: readonly Node[]): Promise<void> {
    for (const each of nodes) await this.run(each);
  }

  async #startChild(name: string): Promise<unknown> {
    const child = await wf.startChild(name);
    this.mark('child started');
    await child.signal('ping', 2);
    return child.result();
  }

  async #cancelAfter(node: Node, after: Node, shielded: boolean): Promise<unknown> {
    const scope = new wf.CancellationScope({ cancellable: !shielded });
    scope.cancelRequested.catch(() => this.mark('cancel requested'));
    const running = scope.run(() => this.run(node));
    running.catch(() => undefined);
    await this.run(after);
    scope.cancel();
    this.mark(`considered ${scope.consideredCancelled}`);
    return running;
  }

  /** A scope made early, entered often. */
  #scopeOf(name: string): wf.CancellationScope {
    let scope = this.#scopes.get(name);
    if (scope === undefined) this.#scopes.set(name, (scope = new wf.CancellationScope()));
    return scope;
  }

  #triggerOf(name: string): wf.Trigger<string> {
    let trigger = this.#triggers.get(name);
    if (trigger === undefined) this.#triggers.set(name, (trigger = new wf.Trigger()));
    return trigger;
  }

  async #hops(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await Promise.resolve();
  }
}
