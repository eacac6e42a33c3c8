// What the scenes of the control plane start from.

import { createHoldfast } from '../../src/control/holdfast.ts';
import type { HoldfastOptions } from '../../src/control/runtime-options.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';

/** Small memories: a scene needs no thousand policies. */
export const SMALL = { policies: 8, threads: 2, keys: 0 };

/** A runtime under a clock that stands still, and a list that components write to. */
export function given(options: HoldfastOptions = {}) {
  const clock = manualClock({ startMs: 1_000 });
  const told: string[] = [];
  const holdfast = createHoldfast({ clock, memory: SMALL, ...options });
  /** Steps that write their name down. */
  const steps = (name: string) => ({
    start: () => void told.push(`start ${name}`),
    stop: () => void told.push(`stop ${name}`),
  });
  return { clock, told, holdfast, steps };
}

/** A step that goes on until somebody ends it. */
export function held() {
  let end = () => {};
  const promise = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { promise, end };
}
