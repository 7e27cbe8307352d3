import type { SimArguments } from '../command-line.js';

export async function runMutants(_args: SimArguments): Promise<number> {
  return 1;
}
