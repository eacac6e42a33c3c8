// How many tasks are under way, for whoever waits until there are none.

import { systemClock } from '../base/clock.ts';
import { threadNow } from '../base/thread-time.ts';
import { callbackTimer, timersOf } from '../base/timers.ts';

export class Underway {
  #count = 0;
  #waiting: (() => void)[] = [];

  began(): void {
    this.#count++;
  }

  ended(): void {
    if (--this.#count === 0) for (const tell of this.#waiting.splice(0)) tell();
  }

  /** Resolves when there is none, or after `withinMs`. */
  async none(withinMs: number): Promise<void> {
    if (this.#count === 0) return;
    const timers = timersOf(systemClock);
    await new Promise<void>((resolve) => {
      const timer = callbackTimer(() => resolve());
      timers.arm(timer, threadNow() + withinMs);
      this.#waiting.push(() => {
        timers.disarm(timer);
        resolve();
      });
    });
  }
}
