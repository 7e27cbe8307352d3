/** A fast string hash for placing things in slots. Not for security: whoever chooses the text can choose the slot. */

/**
 * Unsigned 32-bit hash of a string's UTF-16 units, the same in every process and version (slots are stored).
 * FNV-1a over the units, then a finalizer, because FNV alone leaves the low bits of similar ids alike.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Hash of two strings, such that moving characters from one to the other changes it. */
export function hash32Pair(first: string, second: string): number {
  return (Math.imul(hash32(first), 0x9e3779b1) ^ hash32(second)) >>> 0;
}
