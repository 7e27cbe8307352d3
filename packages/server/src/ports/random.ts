/** Randomness, from outside. */
export interface Random {
  uuid(): string;
  /** Uniform in [0, 1). */
  next(): number;
}
