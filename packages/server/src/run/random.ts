/** The machine's randomness behind the port. */
import type * as Crypto from 'node:crypto';
import type { Random } from '../ports/index.js';

/** Loaded when it is first needed: Node takes some milliseconds for it, and a start on an existing database needs no id. */
let crypto: typeof Crypto | undefined;

export const systemRandom: Random = {
  uuid: () => (crypto ??= process.getBuiltinModule('node:crypto')).randomUUID(),
  next: () => Math.random(),
};
