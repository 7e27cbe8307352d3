/** Prints what a command found: text for people, or JSON. */
import type { Surroundings } from '../command.js';
import type { PayloadStyle } from './proto-json.js';

export function printJson(around: Surroundings, json: unknown): void {
  around.out(`${JSON.stringify(json, null, 2)}\n`);
}

/** An encoded message as JSON. */
export async function printMessage(
  around: Surroundings,
  type: { readonly name: string },
  bytes: Uint8Array,
  style: PayloadStyle = 'short',
): Promise<void> {
  const { messageJson } = await import('./proto-json.js');
  printJson(around, messageJson(type.name, bytes, style));
}
