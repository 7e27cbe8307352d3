/** A place in a list as text for next_page_token. It is not secret: it holds only values that the caller has seen. */
import { ATTRIBUTE_TYPE } from './attributes.js';
import type { OrderKey, Position } from './order.js';
import { accept, refuse } from './refusal.js';
import type { Outcome } from './refusal.js';

/** Raised when the meaning of a token changes; older tokens are then refused instead of misread. */
const TOKEN_VERSION = 1;

export function encodePageToken(order: readonly OrderKey[], position: Position): string {
  return JSON.stringify([TOKEN_VERSION, describeOrder(order), ...position]);
}

/** Reads a token. Refused unless it was made for this very order: else pages would repeat and miss rows. */
export function decodePageToken(order: readonly OrderKey[], token: string): Outcome<Position> {
  const entries = parseArray(token);
  if (entries === undefined || entries[0] !== TOKEN_VERSION) {
    return refuse({ kind: 'invalidPageToken', reason: 'it was not made by this server; start again without a token' });
  }
  if (entries[1] !== describeOrder(order) || entries.length !== order.length + 2) {
    return refuse({
      kind: 'invalidPageToken',
      reason: 'it belongs to another ORDER BY; repeat the query that made it',
    });
  }
  const values: (string | number | null)[] = [];
  for (const [index, key] of order.entries()) {
    const value = entries[index + 2];
    if (!fits(key, value))
      return refuse({ kind: 'invalidPageToken', reason: `its ${key.attribute.name} is malformed` });
    values.push(value);
  }
  return accept(values);
}

function describeOrder(order: readonly OrderKey[]): string {
  return order.map((key) => `${key.isDescending ? '-' : '+'}${key.attribute.name}`).join(' ');
}

function fits(key: OrderKey, value: unknown): value is string | number | null {
  if (value === null) return true;
  const isText = key.attribute.type === ATTRIBUTE_TYPE.keyword && key.attribute.name !== 'ExecutionStatus';
  return typeof value === (isText ? 'string' : 'number');
}

function parseArray(text: string): readonly unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
