// How long tasks take, by name: what batches are sized by.

// A longer one counts for more than a shorter one: a batch that is too small costs microseconds, one that is too
// large keeps others waiting.
const RISE = 0.5;
const FALL = 0.1;

export class Durations {
  readonly #expectedMs = new Map<string, number>();

  /** What a task of this name is expected to take, in ms; Infinity while nobody knows. */
  expectedMs(name: string): number {
    return this.#expectedMs.get(name) ?? Number.POSITIVE_INFINITY;
  }

  measured(name: string, ms: number): void {
    const before = this.#expectedMs.get(name) ?? ms;
    this.#expectedMs.set(name, before + (ms - before) * (ms > before ? RISE : FALL));
  }
}
