// The memory of a limiter by itself: a policy's slot with nothing else in it.

import { readOptions } from '../base/options.ts';
import { formatOnMain, Slot } from '../state/slot.ts';
import { Changes } from './changes.ts';
import { PolicyCore } from './core.ts';
import { Keys } from './keys.ts';
import { Line } from './line.ts';
import { type PolicySettings, readSettings } from './make-policy.ts';
import { readPolicy } from './options/read-policy.ts';
import { RATE_LIMITER } from './options/read-rate-limiter.ts';
import { slotShapeOf } from './options/slot-shape.ts';
import { ALONE, homeFor, originOf, releaseOf } from './standalone.ts';

/** Reads a limiter's options and takes memory for it; `release` gives that back, once. */
export function limiterCore(
  options: unknown,
  settings: PolicySettings,
): { core: PolicyCore; release: () => void } {
  const { name, clock, random, engine } = readSettings('settings', settings);
  const given = readOptions('rateLimiter', options, RATE_LIMITER);
  if (given.has('adaptive')) given.refuse('adaptive', 'none outside a policy');
  const plan = readPolicy('', { rateLimiter: options });
  const perKey = plan.shape.rateLimiter?.perKey;
  const { plane, arena } = homeFor(engine, perKey?.maxKeys ?? 0);
  const index = arena.takeOnMain('rateLimiter');
  const keys = perKey && arena.takeKeysOnMain('rateLimiter.perKey.maxKeys', perKey.maxKeys);
  formatOnMain(plane, index, slotShapeOf(plan, keys, false), plan.numbers);
  const slot = new Slot(plane, index);
  const core = new PolicyCore({ name, slot, plan, clock, random, host: ALONE, originMs: originOf(clock) });
  core.changes = new Changes(core, () => {});
  if (keys !== undefined) core.keys = new Keys(plane);
  if (core.waits) core.line = new Line(core);
  return { core, release: releaseOf(core, arena, index, keys) };
}
