// Leave from two policies, one inside the other.

import { DISPOSE } from '../base/dispose.ts';
import type { PolicyCore } from './core.ts';
import { Policy } from './policy.ts';
import type { ExecuteOptions, Permit, Refusal, Settlement } from './types.ts';

/** Who gives permits. */
export interface Gate {
  tryAcquire(options?: ExecuteOptions): Permit | Refusal;
  acquire(options?: ExecuteOptions): Promise<Permit>;
}

/** What one gate gave, and what for. */
interface Held {
  readonly gate: Gate;
  readonly permit: Permit;
  readonly options: ExecuteOptions | undefined;
}

class BothPermits implements Permit {
  readonly ok = true;
  readonly #outer: Held;
  readonly #inner: Held;

  constructor(outer: Held, inner: Held) {
    this.#outer = outer;
    this.#inner = inner;
  }

  settle(settlement: Settlement): void {
    this.#inner.permit.settle(settlement);
    this.#outer.permit.settle(settlement);
  }

  /** Gives both back as if they had never been taken. */
  giveBack(): void {
    giveBack(this.#inner);
    giveBack(this.#outer);
  }

  [DISPOSE](): void {
    this.settle('ignored');
  }
}

/** Asks the outer gate, then the inner one; what the outer gave goes back when the inner refuses. */
export function tryAcquireBoth(
  outer: Gate,
  inner: Gate,
  options: ExecuteOptions | undefined,
): Permit | Refusal {
  const first = outer.tryAcquire(options);
  if (!first.ok) return first;
  const held = { gate: outer, permit: first, options };
  try {
    const second = inner.tryAcquire(options);
    if (second.ok) return new BothPermits(held, { gate: inner, permit: second, options });
    giveBack(held);
    return second;
  } catch (misuse) {
    giveBack(held);
    throw misuse;
  }
}

/** The same, waiting at each as it is configured. */
export async function acquireBoth(
  outer: Gate,
  inner: Gate,
  options: ExecuteOptions | undefined,
): Promise<Permit> {
  const held = { gate: outer, permit: await outer.acquire(options), options };
  try {
    return new BothPermits(held, { gate: inner, permit: await inner.acquire(options), options });
  } catch (error) {
    giveBack(held);
    throw error;
  }
}

function giveBack({ gate, permit, options }: Held): void {
  if (permit instanceof BothPermits) {
    permit.giveBack();
    return;
  }
  permit.settle('ignored');
  if (gate instanceof Policy) returnTokens(Policy.coreOf(gate), options);
}

/** Settling returns slot and trial; tokens are spent by taking them. Without a limiter none are owed. */
function returnTokens(core: PolicyCore, options: ExecuteOptions | undefined): void {
  if (!core.slot.lives) return;
  const { kernels, at, row, keys } = core;
  const now = core.now() - core.originMs;
  const permits = options?.permits ?? 1;
  if (keys === undefined) kernels.rateRefund(at, now, permits);
  else {
    keys.use(options?.key);
    kernels.keyedRefund(at, row, now, permits);
  }
  core.wake();
}
