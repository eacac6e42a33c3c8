// What an operation is given by a call that has no record: what it asks of it is made when it is asked.

import { written } from './attempt.ts';
import type { PolicyCore } from './core.ts';
import type { CallContext } from './types.ts';

/** The context of the only attempt of a call without a timeout. All of it is private: users log what they are given. */
export class DirectContext implements CallContext {
  readonly #core: PolicyCore;
  #controller: AbortController | undefined;

  constructor(core: PolicyCore) {
    this.#core = core;
  }

  get attempt(): number {
    return 1;
  }

  get remainingMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  get policy(): string {
    return this.#core.name;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  toJSON(): object {
    return written(this);
  }
}
