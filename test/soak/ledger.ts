// What was done with one policy, written down by whoever did it: the policy's own counts must say the same.

export interface Ledger {
  /** Calls that were begun, and those that were answered. */
  begun: number;
  answered: number;
  /** How whole calls ended, as the policy told its listeners. */
  success: number;
  failure: number;
  /** Answers by what callers got. */
  ok: number;
  rejected: number;
  /** Operations that were let through, and those of them that have ended. */
  entered: number;
  left: number;
  /** Permits by how they were settled: they are calls that tell no listener. */
  permitsOk: number;
  permitsBad: number;
  /** How much time had passed when the policy was defined, in ms. */
  sinceMs: number;
  /** What was counted by hand at the error budget. */
  recorded: number;
  recordedBad: number;
}

export const emptyLedger = (sinceMs = 0): Ledger => ({
  begun: 0,
  answered: 0,
  success: 0,
  failure: 0,
  ok: 0,
  rejected: 0,
  entered: 0,
  left: 0,
  permitsOk: 0,
  permitsBad: 0,
  sinceMs,
  recorded: 0,
  recordedBad: 0,
});

/** What was found to be wrong, and where. */
export class Violations {
  readonly found: string[] = [];
  readonly #where: () => string;

  constructor(where: () => string) {
    this.#where = where;
  }

  expect(what: string, is: unknown, shouldBe: unknown): void {
    if (!Object.is(is, shouldBe)) this.add(`${what} is ${String(is)}, should be ${String(shouldBe)}`);
  }

  holds(what: string, well: boolean): void {
    if (!well) this.add(what);
  }

  /** What is done to policies is allowed: an error of theirs is a violation. */
  async unlessItThrows(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.add(`it threw ${error instanceof Error ? error.stack : String(error)}`);
    }
  }

  add(what: string): void {
    if (this.found.length < 20) this.found.push(`${this.#where()}: ${what}`);
  }
}
