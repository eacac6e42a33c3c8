// Leave taken by hand: to do one piece of work and say how it ended.

import { S_CALL, S_RELEASE, S_VERDICT, V_FAILURE, V_IGNORED, V_SUCCESS } from '../../assembly/layout.ts';
import { DISPOSE } from '../base/dispose.ts';
import type { PolicyCore } from './core.ts';
import type { Permit, Settlement } from './types.ts';

const VERDICTS: Record<Settlement, number> = { success: V_SUCCESS, failure: V_FAILURE, ignored: V_IGNORED };

export class PermitHeld implements Permit {
  readonly ok = true;
  readonly #core: PolicyCore;
  readonly #ticket: number;
  readonly #startMs: number;
  #settled = false;

  constructor(core: PolicyCore, ticket: number, startMs: number) {
    this.#core = core;
    this.#ticket = ticket;
    this.#startMs = startMs;
  }

  settle(settlement: Settlement): void {
    const verdict = VERDICTS[settlement];
    if (verdict === undefined) {
      throw new TypeError(
        `permit.settle: expected 'success', 'failure' or 'ignored', got ${String(settlement)}`,
      );
    }
    if (this.#settled) return;
    this.#settled = true;
    this.#core.settle(
      this.#ticket,
      this.#startMs,
      this.#core.now(),
      verdict,
      S_VERDICT | S_RELEASE | S_CALL,
      -1,
    );
  }

  [DISPOSE](): void {
    this.settle('ignored');
  }
}
