// Calls under way, and what their operations do: answer at once, fail, take time, or hang and heed no signal.

import type { Clock } from '../../src/base/clock.ts';
import { HoldfastError, type Policy } from '../../src/index.ts';
import type { Draw } from './draw.ts';
import type { Ledger } from './ledger.ts';

export class Calls {
  /** Calls that were made in all. */
  begun = 0;
  /** Listeners on signals of the callers', now. */
  listeners = 0;
  /** Timers of the operations and callers. */
  timers = 0;
  #unanswered = 0;
  readonly #clock: Clock;
  readonly #draw: Draw;
  readonly #hanging = new Set<() => void>();

  constructor(clock: Clock, draw: Draw) {
    this.#clock = clock;
    this.#draw = draw;
  }

  /** Calls, permits and operations that have not ended. */
  get open(): number {
    return this.#unanswered + this.timers + this.#hanging.size;
  }

  make(policy: Policy, ledger: Ledger, count: number): void {
    for (let index = 0; index < count; index++) void this.#call(policy, ledger);
  }

  /** A permit that is settled after a time. */
  hold(policy: Policy, ledger: Ledger): void {
    const permit = policy.tryAcquire({ key: 'held' });
    if (!permit.ok) return;
    ledger.entered++;
    this.#after(this.#draw.below(300), () => {
      const how = this.#draw.pick(['success', 'failure', 'ignored'] as const);
      permit.settle(how);
      ledger.left++;
      if (how === 'success') ledger.permitsOk++;
      if (how === 'failure') ledger.permitsBad++;
    });
  }

  /** Ends operations that hang. */
  release(): void {
    for (const end of [...this.#hanging]) end();
  }

  async #call(policy: Policy, ledger: Ledger): Promise<void> {
    const draw = this.#draw;
    const abort = new AbortController();
    const aborts = draw.chance(0.1);
    if (aborts) this.#after(draw.below(200), () => abort.abort(new Error('the caller has gone')));
    this.#unanswered++;
    ledger.begun++;
    this.begun++;
    const outcome = await policy.executeOutcome(() => this.#operate(ledger), {
      key: `k${draw.below(30)}`,
      priority: draw.below(8),
      ...(draw.chance(0.3) ? { signal: this.#watched(abort.signal) } : {}),
      ...(draw.chance(0.1) ? { timeoutMs: 1 + draw.below(300) } : {}),
    });
    this.#unanswered--;
    ledger.answered++;
    if (outcome.ok) ledger.ok++;
    if (outcome.rejected) ledger.rejected++;
    // Misuse would say so by another error, and would be this script's own.
    if (!outcome.ok && outcome.error instanceof TypeError && !HoldfastError.is(outcome.error))
      throw outcome.error;
  }

  #operate(ledger: Ledger): unknown {
    ledger.entered++;
    const end = <T>(value: T): T => {
      ledger.left++;
      return value;
    };
    const fail = () => {
      throw end(new Error('down'));
    };
    const later = (ms: number, ok: boolean) =>
      new Promise((resolve, reject) =>
        this.#after(ms, () => (ok ? resolve(end('late')) : reject(end(new Error('late'))))),
      );
    const draw = this.#draw;
    return draw.act<unknown>([
      [40, () => end('fine')],
      [10, fail],
      [30, () => later(draw.below(90), true)],
      [8, () => later(draw.below(90), false)],
      [6, () => later(100 + draw.below(600), true)],
      [
        2,
        () =>
          new Promise((resolve) => {
            const free = () => {
              this.#hanging.delete(free);
              resolve(end('released'));
            };
            this.#hanging.add(free);
          }),
      ],
    ]);
  }

  #after(ms: number, act: () => void): void {
    this.timers++;
    this.#clock.setTimer(this.#clock.now() + ms, () => {
      this.timers--;
      act();
    });
  }

  /** A signal that counts who listens to it. */
  #watched(signal: AbortSignal): AbortSignal {
    const heard = new Set<unknown>();
    const { addEventListener, removeEventListener } = signal;
    const watched = {
      addEventListener: (...words: Parameters<typeof addEventListener>) => {
        if (!heard.has(words[1])) this.listeners++;
        heard.add(words[1]);
        return addEventListener.apply(signal, words);
      },
      removeEventListener: (...words: Parameters<typeof removeEventListener>) => {
        if (heard.delete(words[1])) this.listeners--;
        return removeEventListener.apply(signal, words);
      },
    };
    signal.addEventListener('abort', () => {
      // Those that were to hear it once are gone with it.
      this.listeners -= heard.size;
      heard.clear();
    });
    return Object.assign(signal, watched);
  }
}
