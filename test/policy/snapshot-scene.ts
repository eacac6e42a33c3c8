// A policy that is restarted from what its snapshot kept.

import type { PolicyOptions } from '../../src/policy/options/policy-options.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { PolicySnapshot } from '../../src/policy/snapshot.ts';
import { manualClock } from '../../src/testing/index.ts';
import { boom, type Engine, fine, given } from '../support/given.ts';

/** Fails, or succeeds, as often as the text says: `f`, `s`. */
export async function run(guarded: Policy, ends: string): Promise<void> {
  for (const end of ends) await guarded.executeOutcome(end === 'f' ? boom : fine);
}

/** A snapshot as it comes back from a file. */
export const stored = (guarded: Policy): PolicySnapshot => JSON.parse(JSON.stringify(guarded.snapshot()));

/** Another process, `downMs` after the snapshot by the wall clock, on a clock that has nothing to do with the first. */
export function restarted(engine: Engine, options: PolicyOptions, snapshot: PolicySnapshot, downMs: number) {
  const clock = manualClock({ startMs: 777_000, wallMs: snapshot.takenAt + downMs });
  const scene = given(engine, options, { clock, name: 'again' });
  scene.guarded.restore(snapshot);
  return { ...scene, clock };
}
