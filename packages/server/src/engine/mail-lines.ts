/**
 * Letters to other executions stand in line, one line for each receiving workflow id, in order of their numbers: what is
 * slow to arrive holds up what follows it, so that a child's close never overtakes its start.
 */
export interface NumberedLetter {
  readonly outboxNo: number;
}

interface Line<Letter> {
  /** By number. */
  readonly letters: Letter[];
  isMoving: boolean;
}

export class MailLines<Letter extends NumberedLetter> {
  readonly #lines = new Map<string, Line<Letter>>();
  /** Hands over a letter, however long that takes; `done` must follow. */
  readonly #handOver: (letter: Letter, done: () => void) => void;
  #isHeld: boolean;

  /** Held lines gather letters and hand over none until `release`. */
  constructor(isHeld: boolean, handOver: (letter: Letter, done: () => void) => void) {
    this.#isHeld = isHeld;
    this.#handOver = handOver;
  }

  add(receiver: string, letter: Letter): void {
    let line = this.#lines.get(receiver);
    if (line === undefined) this.#lines.set(receiver, (line = { letters: [], isMoving: false }));
    const { letters } = line;
    let at = letters.length;
    while (at > 0 && (letters[at - 1]?.outboxNo ?? 0) > letter.outboxNo) at -= 1;
    letters.splice(at, 0, letter);
    this.#move(receiver, line);
  }

  release(): void {
    this.#isHeld = false;
    for (const [receiver, line] of [...this.#lines]) this.#move(receiver, line);
  }

  /** A loop, not a recursion: a line may hold thousands. */
  #move(receiver: string, line: Line<Letter>): void {
    if (this.#isHeld || line.isMoving) return;
    line.isMoving = true;
    for (let first = line.letters[0]; first !== undefined; first = line.letters[0]) {
      if (!this.#handOverFirst(receiver, line, first)) return;
    }
    line.isMoving = false;
    this.#lines.delete(receiver);
  }

  /** Whether it was received at once; else the line moves on when it is. */
  #handOverFirst(receiver: string, line: Line<Letter>, first: Letter): boolean {
    let isAtOnce = true;
    let isReceived = false;
    this.#handOver(first, () => {
      line.letters.splice(line.letters.indexOf(first), 1);
      isReceived = true;
      if (isAtOnce) return;
      line.isMoving = false;
      this.#move(receiver, line);
    });
    isAtOnce = false;
    return isReceived;
  }
}
