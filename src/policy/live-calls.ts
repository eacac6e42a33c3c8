// Calls under way in one thread, so that a drain can wait for them and end them.

import type { Call } from './call.ts';

/** A list through the calls themselves: adding and taking out cost a few stores. */
export class LiveCalls {
  size = 0;
  #first: Call | null = null;
  #waiting: (() => void)[] = [];

  add(call: Call): void {
    call.liveNext = this.#first;
    if (this.#first !== null) this.#first.livePrev = call;
    this.#first = call;
    this.size++;
  }

  delete(call: Call): void {
    const { liveNext: next, livePrev: previous } = call;
    if (previous === null) this.#first = next;
    else previous.liveNext = next;
    if (next !== null) next.livePrev = previous;
    call.liveNext = null;
    call.livePrev = null;
    if (--this.size === 0) for (const tell of this.#waiting.splice(0)) tell();
  }

  /** Resolves when no call is under way. */
  idle(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Aborts every call; returns how many there were. */
  abortAll(reason: unknown): number {
    const aborted = this.size;
    for (let call = this.#first; call !== null; call = this.#first) call.onAbort(reason);
    return aborted;
  }
}
