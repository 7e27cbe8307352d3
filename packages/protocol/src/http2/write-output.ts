/** From a connection to its socket. */

import type { Http2Connection } from './connection.js';

/** What is used of a Node socket. */
interface OutputSocket {
  readonly writable: boolean;
  cork(): void;
  uncork(): void;
  write(bytes: Uint8Array, written?: () => void): boolean;
}

/** Writes all that has gathered in one go. */
export function writeOutput(connection: Http2Connection, socket: OutputSocket): void {
  const { pieces, answers } = connection.takeOutput();
  const last = pieces.at(-1);
  if (last === undefined || !socket.writable) return;
  if (pieces.length > 1) socket.cork();
  for (const piece of pieces) {
    if (piece === last && answers > 0) socket.write(piece, () => connection.answersTaken(answers));
    else socket.write(piece);
  }
  if (pieces.length > 1) socket.uncork();
}
