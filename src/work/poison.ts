// Tasks that crash their threads again and again.

import { threadNow } from '../base/thread-time.ts';

/** After so long one more is given a thread: whatever was wrong may be over. In ms. */
const AGAIN_MS = 60_000;

interface Record {
  crashes: number;
  atMs: number;
}

/** Crashes by the name of the task, counted in a row: one that ends without a crash starts anew. */
export class Poison {
  readonly #maxCrashes: number;
  readonly #records = new Map<string, Record>();

  constructor(maxCrashes: number) {
    this.#maxCrashes = maxCrashes;
  }

  crashed(name: string): void {
    const crashes = (this.#records.get(name)?.crashes ?? 0) + 1;
    this.#records.set(name, { crashes, atMs: threadNow() });
  }

  survived(name: string): void {
    if (this.#records.size > 0) this.#records.delete(name);
  }

  /** Crashes of a task that is refused, and for how long, in ms; undefined for one that is not. */
  refusal(name: string): { crashes: number; retryAfterMs: number } | undefined {
    const record = this.#records.get(name);
    if (record === undefined || record.crashes < this.#maxCrashes) return undefined;
    const retryAfterMs = record.atMs + AGAIN_MS - threadNow();
    return retryAfterMs > 0 ? { crashes: record.crashes, retryAfterMs } : undefined;
  }
}
