/** A bug to plant: one exact text of the compiled Service is replaced by another. */
export interface Mutant {
  readonly name: string;
  /** The law of the architecture (section 2) that it breaks. */
  readonly law: number;
  /** Below packages/server/dist. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
}
