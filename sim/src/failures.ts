/** What the checkers found. The first one counts; the rest may follow from it. */
export interface Failure {
  readonly check: string;
  readonly message: string;
}

export class Failures {
  readonly #found: Failure[] = [];

  get any(): boolean {
    return this.#found.length > 0;
  }

  get first(): Failure | undefined {
    return this.#found[0];
  }

  report(check: string, message: string): void {
    if (this.#found.length < 10) this.#found.push({ check, message });
  }
}
