/** Prints what a command found: text for people, or JSON. */
import type { Surroundings } from '../command.js';

export function printJson(around: Surroundings, json: unknown): void {
  around.out(`${JSON.stringify(json, null, 2)}\n`);
}

/** An encoded message as JSON. */
export async function printMessage(
  around: Surroundings,
  type: { readonly name: string },
  bytes: Uint8Array,
  payloads: 'long' | 'short' = 'short',
): Promise<void> {
  const { messageToJson } = await import('@perdure/protocol/json');
  printJson(around, messageToJson(type.name, bytes, { payloads }));
}
