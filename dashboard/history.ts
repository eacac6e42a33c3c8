// The last minutes of a policy, second by second.

import type { PolicyView } from './types.ts';

export const SECONDS = 300;
const LINES = ['done', 'failed', 'refused', 'p95Ms'] as const;
type Line = (typeof LINES)[number];

/** What happened in each of the last seconds; NaN where nobody looked. */
export class History {
  readonly lines: Record<Line, Float64Array> = {
    done: new Float64Array(SECONDS).fill(Number.NaN),
    failed: new Float64Array(SECONDS).fill(Number.NaN),
    refused: new Float64Array(SECONDS).fill(Number.NaN),
    p95Ms: new Float64Array(SECONDS).fill(Number.NaN),
  };
  #before: PolicyView | undefined;
  /** Calls, failures and refusals in the last second. */
  rates = { done: 0, failed: 0, refused: 0 };

  /** Adds one second. */
  add(view: PolicyView, second: number): void {
    const before = this.#before;
    this.#before = view;
    const grown = (read: (view: PolicyView) => number) =>
      before ? Math.max(0, read(view) - read(before)) : 0;
    this.rates = {
      done: grown(({ calls }) => calls.success + calls.failure + calls.ignored),
      failed: grown(({ calls }) => calls.failure),
      refused: grown(({ refused }) => Object.values(refused).reduce((sum, each) => sum + each, 0)),
    };
    this.set(second, { ...this.rates, p95Ms: view.latency.p95Ms ?? Number.NaN });
  }

  set(second: number, values: Record<Line, number>): void {
    for (const line of LINES) this.lines[line][second % SECONDS] = values[line];
  }

  /** A line from the oldest second to this one; `null`, which charts leave out, where nobody looked. */
  recent(line: Line, second: number): (number | null)[] {
    const ring = this.lines[line];
    return Array.from({ length: SECONDS }, (_, index) => {
      const value = ring[(second + 1 + index) % SECONDS];
      return Number.isNaN(value) ? null : value;
    });
  }
}
