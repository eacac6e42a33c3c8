// The context of an operation that runs inside two policies: the inner one's,
// but for the time that is left, which is the nearer of both.

import type { Call } from './call.ts';
import type { CallContext } from './types.ts';

/** Can stand as the `parent` of further calls, as the inner one can. */
export class NestedContext implements CallContext {
  readonly attempt: number;
  readonly #outer: CallContext;
  readonly #inner: CallContext & { call?: Call };

  constructor(outer: CallContext, inner: CallContext) {
    this.attempt = inner.attempt;
    this.#outer = outer;
    this.#inner = inner;
  }

  /** The inner policy's call; `undefined` where that has none. */
  get call(): Call | undefined {
    return this.#inner.call;
  }

  get signal(): AbortSignal {
    return this.#inner.signal;
  }

  get remainingMs(): number {
    return Math.min(this.#outer.remainingMs, this.#inner.remainingMs);
  }

  get policy(): string {
    return this.#inner.policy;
  }
}
