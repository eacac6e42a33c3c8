// Small numbers for where threads stand, so that a state of the world is a short text.

import type { Thread } from './thread.ts';

export class Identities {
  private readonly byThread = new WeakMap<Thread, number>();
  private readonly byText = new Map<string, number>();

  /** Equal for two threads exactly when they have returned the same and will go on in the same way. */
  of(thread: Thread): number {
    const known = this.byThread.get(thread);
    if (known !== undefined) return known;
    const text = describe(thread);
    const id = this.byText.get(text) ?? this.byText.size;
    this.byText.set(text, id);
    this.byThread.set(thread, id);
    return id;
  }
}

function describe({ status, call, parked, began, calls }: Thread): string {
  const returned = calls.map(({ result, after }) => `${result}@${after}`).join();
  // A byte a character, whatever they are: the quickest way to text there is.
  const locals = parked ? Buffer.from(parked.frame.buffer).toString('latin1') : '';
  return `${status} ${call?.kernel} ${call?.args} ${parked?.site} ${parked?.part} ${parked?.address} ${began} [${returned}] ${locals}`;
}
