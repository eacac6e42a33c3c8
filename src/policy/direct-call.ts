// What an operation is given by a call that has no record: what it asks of it is made when it is asked.

import type { PolicyCore } from './core.ts';
import type { CallContext, ExecuteOptions, Operation } from './types.ts';

/** The only attempt of a call without a timeout, and all that is remembered of it. */
export class DirectCall implements CallContext {
  declare readonly core: PolicyCore;
  declare readonly operation: Operation<unknown>;
  declare readonly options: ExecuteOptions | undefined;
  declare readonly ticket: number;
  declare readonly startMs: number;
  declare controller: AbortController | undefined;

  constructor(
    core: PolicyCore,
    operation: Operation<unknown>,
    options: ExecuteOptions | undefined,
    ticket: number,
    startMs: number,
  ) {
    this.core = core;
    this.operation = operation;
    this.options = options;
    this.ticket = ticket;
    this.startMs = startMs;
    this.controller = undefined;
  }

  get attempt(): number {
    return 1;
  }

  get remainingMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  get policy(): string {
    return this.core.name;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    return this.controller.signal;
  }
}
