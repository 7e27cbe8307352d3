/**
 * How much of the write-ahead log is in use. The file alone does not say: SQLite starts again at its beginning and leaves
 * the old frames behind, which is good (overwriting is flushed in half the time of appending).
 */
import { readSync } from 'node:fs';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** Offset and length of the two salts, in the log's header and in a frame's. A frame in use has those of the header. */
const HEADER_SALTS = 16;
const FRAME_SALTS = 8;
const SALTS_BYTES = 8;

/** Bytes in use, by a binary search over at most `fileSizeBytes` of log. Reads some 15 times 8 bytes. */
export function measureLog(fd: number, fileSizeBytes: number): number {
  const header = Buffer.alloc(HEADER_BYTES);
  if (readSync(fd, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return 0;
  const frameBytes = FRAME_HEADER_BYTES + header.readUInt32BE(8);
  const salts = header.subarray(HEADER_SALTS, HEADER_SALTS + SALTS_BYTES);
  const found = Buffer.alloc(SALTS_BYTES);
  const isInUse = (frame: number): boolean => {
    const position = HEADER_BYTES + frame * frameBytes + FRAME_SALTS;
    return readSync(fd, found, 0, SALTS_BYTES, position) === SALTS_BYTES && found.equals(salts);
  };
  let low = 0;
  let high = Math.max(0, Math.floor((fileSizeBytes - HEADER_BYTES) / frameBytes));
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isInUse(middle)) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : HEADER_BYTES + low * frameBytes;
}
