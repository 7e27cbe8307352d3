/** The machine's randomness behind the port. */
import { randomUUID } from 'node:crypto';
import type { Random } from '../ports/index.js';

export const systemRandom: Random = { uuid: () => randomUUID(), next: () => Math.random() };
