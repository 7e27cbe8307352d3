/** Random programs, the same for the same seed. */
import type { Node, Program } from './program.js';

/** Numbers from a seed: mulberry32. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** At least 0, less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

const SIGNALS = ['s1', 's2'];
const UPDATES = ['u1', 'u2'];

export function randomProgram(dice: Dice): Program {
  return {
    main: randomNode(dice, 4),
    signals: Object.fromEntries(SIGNALS.map((name) => [name, randomNode(dice, 2)])),
    updates: Object.fromEntries(UPDATES.map((name) => [name, randomNode(dice, 2)])),
    handlersFirst: dice.below(4) > 0,
  };
}

const LEAVES: readonly ((dice: Dice) => Node)[] = [
  (dice) => ['activity', `a${1 + dice.below(2)}`],
  (dice) => ['activity', `a${1 + dice.below(2)}`],
  () => ['local', 'l1'],
  (dice) => [dice.pick(['child', 'startChild'] as const), 'kid'],
  (dice) => [dice.pick(['signalOut', 'cancelOut'] as const), 'other'],
  (dice) => ['sleep', 1 + dice.below(3)],
  (dice) => ['sleep', 1 + dice.below(3)],
  (dice) => ['until', dice.pick(['f', 'g'])],
  (dice) => ['untilFor', dice.pick(['f', 'g']), dice.below(3)],
  (dice) => ['set', dice.pick(['f', 'g'])],
  (dice) => ['set', dice.pick(['f', 'g'])],
  (dice) => [dice.pick(['awaitTrigger', 'fire'] as const), 't'],
  (dice) => ['clear', dice.pick(['x', 'y'])],
  (dice) => ['patched', dice.pick(['p', 'q'])],
  () => ['random'],
  (dice) => ['hops', 1 + dice.below(4)],
  () => ['finished'],
  (dice) => ['fail', dice.pick(['failure', 'failure', 'continueAsNew'])],
];

const BRANCHES: readonly ((dice: Dice, depth: number) => Node)[] = [
  (dice, depth) => [dice.pick(['seq', 'seq', 'seq', 'all', 'race', 'settled']), many(dice, depth)],
  (dice, depth) => [dice.pick(['seq', 'all', 'race', 'settled']), many(dice, depth)],
  (dice, depth) => [dice.pick(['cancellable', 'shielded']), randomNode(dice, depth)],
  (dice, depth) => ['withTimeout', 1 + dice.below(3), randomNode(dice, depth)],
  (dice, depth) => ['cancelAfter', randomNode(dice, depth), randomNode(dice, depth - 1), dice.below(4) === 0],
  (dice, depth) => ['late', dice.pick(['v', 'w']), randomNode(dice, depth)],
  (dice, depth) => ['catch', randomNode(dice, depth), randomNode(dice, depth - 1)],
  (dice, depth) => ['spawn', randomNode(dice, depth)],
  (dice, depth) => ['timer', dice.pick(['x', 'y']), 1 + dice.below(3), randomNode(dice, depth - 1)],
];

function randomNode(dice: Dice, depth: number): Node {
  if (depth <= 0 || dice.below(5) === 0) return dice.pick(LEAVES)(dice);
  return dice.pick(BRANCHES)(dice, depth - 1);
}

function many(dice: Dice, depth: number): Node[] {
  return Array.from({ length: 1 + dice.below(4) }, () => randomNode(dice, depth));
}
