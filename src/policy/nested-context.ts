// The context of an operation that runs inside two policies: the inner one's,
// but for the time that is left, which is the nearer of both.

import { Attempt } from './attempt.ts';
import type { Call } from './call.ts';
import type { CallContext } from './types.ts';

/** An attempt too, so that it can stand as the `parent` of further calls. */
export class NestedContext extends Attempt {
  readonly #outer: CallContext;
  readonly #inner: CallContext;

  constructor(outer: CallContext, inner: CallContext) {
    super(inner.attempt, 0, 0);
    this.#outer = outer;
    this.#inner = inner;
  }

  override get call(): Call {
    return this.#inner instanceof Attempt ? this.#inner.call : super.call;
  }

  override get signal(): AbortSignal {
    return this.#inner.signal;
  }

  override get remainingMs(): number {
    return Math.min(this.#outer.remainingMs, this.#inner.remainingMs);
  }

  override get policy(): string {
    return this.#inner.policy;
  }
}
