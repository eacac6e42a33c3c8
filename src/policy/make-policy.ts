// Making policies.

import { type Clock, systemClock } from '../base/clock.ts';
import { readOptions, readSafely } from '../base/options.ts';
import { type Random, systemRandom } from '../base/random.ts';
import type { EngineName } from '../state/engine.ts';
import { formatOnMain, Slot } from '../state/slot.ts';
import { drawBackoff } from './backoff.ts';
import { Changes } from './changes.ts';
import { PolicyCore } from './core.ts';
import { Keys } from './keys.ts';
import type { PolicyOptions } from './options/policy-options.ts';
import { readPolicy } from './options/read-policy.ts';
import { slotShapeOf } from './options/slot-shape.ts';
import type { PolicyPlan } from './plan.ts';
import { Policy } from './policy.ts';
import { ALONE, homeFor, originOf, releaseOf } from './standalone.ts';

/** What a policy by itself may be given: a name for its errors; a clock, chance and an engine, for tests. */
export interface PolicySettings {
  name?: string;
  clock?: Clock;
  random?: Random;
  engine?: EngineName;
}

const KNOWN = ['name', 'clock', 'random', 'engine'];

/** Reads what all factories take beside their options. */
export function readSettings(path: string, settings: PolicySettings): Required<PolicySettings> {
  const o = readOptions(path, settings, KNOWN);
  const clock = o.has('clock') ? (o.get('clock') as Clock) : systemClock;
  for (const method of ['now', 'wallMs', 'setTimer'] as const) {
    const given = readSafely(`${path === '' ? '' : `${path}.`}clock.${method}`, () => clock?.[method]);
    if (typeof given !== 'function') o.refuse('clock', 'a clock: { now, wallMs, setTimer }');
  }
  const random = (o.fn('random', { optional: true }) as Random | undefined) ?? systemRandom;
  const engine = o.oneOf('engine', ['wasm', 'js', 'auto'] as const, { default: 'auto' });
  const name = o.has('name') ? o.get('name') : '';
  if (typeof name !== 'string') o.refuse('name', 'a text');
  return { name: name as string, clock, random, engine };
}

/** Binds a plan's made backoffs to the policy's own chance. */
export function bindRandom(plan: PolicyPlan, random: Random): PolicyPlan {
  const { backoff, openMs } = plan.functions;
  return {
    ...plan,
    functions: {
      ...plan.functions,
      backoff: backoff && drawBackoff(backoff, random),
      openMs: openMs && drawBackoff(openMs, random),
    },
  };
}

/**
 * Makes a policy by itself: nothing to start, nothing to stop. Belongs to the
 * calling thread. Throws an `OptionsError` that names the option.
 */
export function policy(options: PolicyOptions = {}, settings: PolicySettings = {}): Policy {
  const { name, clock, random, engine } = readSettings('settings', settings);
  const path = name === '' ? 'policy' : `policies.${name}`;
  const plan = bindRandom(readPolicy(path, options), random);
  const { plane, arena } = homeFor(engine, plan.shape.rateLimiter?.perKey?.maxKeys ?? 0);
  const index = arena.takeOnMain(path);
  const perKey = plan.shape.rateLimiter?.perKey;
  const keys = perKey && arena.takeKeysOnMain(path, perKey.maxKeys);
  formatOnMain(plane, index, slotShapeOf(plan, keys, false), plan.numbers);
  const slot = new Slot(plane, index);
  const core = new PolicyCore({ name, slot, plan, clock, random, host: ALONE, originMs: originOf(clock) });
  if (perKey !== undefined) core.keys = new Keys(plane);
  core.changes = new Changes(core, (event, facts) => core.events.emit(event, facts as never));
  core.changes.prepareOpenTime(1);
  return new Policy(core, releaseOf(core, arena, index, keys), () => {});
}
