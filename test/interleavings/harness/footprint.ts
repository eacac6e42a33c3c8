// Which words matter to more than one thread.
//
// A step on a word that no other thread's step conflicts with can be made at once: nobody can tell when it
// happened. Which words those are is not known beforehand, so the search supposes that there is no shared word,
// and begins anew each time a thread touches a word in conflict with another thread's touch. When it gets through
// without a surprise, what it supposed was so: a schedule left out would differ from an explored one only in
// the order of steps that do not depend on each other, and would have made the same touches.

import type { Access } from './site.ts';

export class Footprint {
  private readonly shared = new Set<number>();
  private readonly seen = new Set<number>();
  /** For each word, what each thread does to it: the mark of its touches. */
  private readonly marks = new Map<number, Map<number, string>>();
  private readonly everyChange: boolean;

  /** @param everyChange whether any change is somebody's business: an invariant looks at all moments */
  constructor(everyChange: boolean) {
    this.everyChange = everyChange;
  }

  /** Takes note of a touch; true when it makes a word shared that was not known to be. */
  note(thread: number, access: Access): boolean {
    const { address, kind, site } = access;
    const key = (address * 4096 + site.id + 1) * 32 + thread * 2 + (kind === 'read' ? 0 : 1);
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    // Blind changes of one sort agree with each other only on the very same bytes.
    const mark = kind === 'read' || kind === 'write' ? kind : `${kind} ${address} ${site.size}`;
    let surprise = false;
    for (let word = address >> 2; word <= (address + site.size - 1) >> 2; word++) {
      if (this.mark(word, thread, mark) && !this.shared.has(word)) {
        this.shared.add(word);
        surprise = true;
      }
    }
    return surprise;
  }

  /** Whether the moment of this step may matter to another thread. */
  matters({ address, site }: Access): boolean {
    for (let word = address >> 2; word <= (address + site.size - 1) >> 2; word++) {
      if (this.shared.has(word)) return true;
    }
    return false;
  }

  /** Whether the word matters to more than one thread, now that this one has done this to it. */
  private mark(word: number, thread: number, mark: string): boolean {
    const threads = this.marks.get(word) ?? new Map<number, string>();
    this.marks.set(word, threads);
    const own = threads.get(thread);
    // Different touches by one thread together are as good as a write to all others.
    threads.set(thread, own === undefined || own === mark ? mark : 'write');
    if (this.everyChange && threads.get(thread) !== 'read') return true;
    const all = [...threads.values()];
    return all.length > 1 && (all.includes('write') || new Set(all).size > 1);
  }
}
