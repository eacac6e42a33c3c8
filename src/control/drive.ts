// What drives a component's degradation: budgets and health checks.

import type { Clock } from '../base/clock.ts';
import { guardClock } from '../base/clock-guard.ts';
import { DISPOSE } from '../base/dispose.ts';
import { OptionsError } from '../base/errors.ts';
import type { Subscription } from '../base/events.ts';
import { itemsOf, readOptions, readSafely, refuseValue } from '../base/options.ts';
import { backgroundTimersOf, callbackTimer } from '../base/timers.ts';
import type { Policy } from '../policy/policy.ts';
import type { Health } from './health/health.ts';
import { LEVELS, type Level } from './level.ts';
import type { Watch } from './watch.ts';

export interface DriveOptions {
  /** Policies whose exhausted error budget degrades the component. */
  budget?: string | readonly string[];
  /** Health checks that degrade it while they are down. */
  check?: string | readonly string[];
  /** How far; `degraded` by default. */
  level?: 'degraded' | 'severelyDegraded' | 'emergency';
}

/** Where a drive has its news from. */
export interface DriveSources {
  clock: Clock;
  health: Health;
  policy(name: string): Policy;
  watch: Watch;
}

// A budget recovers by time alone too, when nobody calls: then there is no event.
const LOOK_MS = 1_000;

/** Sets a level while something is wrong. Keeps no process alive. */
export function drive(
  component: string,
  options: DriveOptions,
  sources: DriveSources,
  set: (level: Level) => void,
): Subscription {
  if (typeof component !== 'string') refuseValue('degradation.drive(component)', 'a text', component);
  const path = `degradation.drive(${component})`;
  const o = readOptions(path, options, ['budget', 'check', 'level']);
  const budgets = names(o.get('budget'), `${path}.budget`);
  const checks = names(o.get('check'), `${path}.check`);
  const level = o.oneOf('level', LEVELS.slice(1), { default: 'degraded' });
  if (budgets.length + checks.length === 0) o.refuse('budget', 'a policy, or a check');
  for (const name of budgets) {
    if (sources.policy(name).errorBudget !== undefined) continue;
    throw new OptionsError({
      path: `${path}.budget`,
      expected: 'policies with an errorBudget',
      received: name,
    });
  }

  const { clock, health, policy, watch } = sources;
  const timers = backgroundTimersOf(clock);
  let before: boolean | undefined;
  const look = () => {
    const down = health.status().checks.some(({ name, state }) => state === 'down' && checks.includes(name));
    const wrong = down || budgets.some((name) => exhausted(policy, name));
    if (wrong !== before) set(wrong ? level : 'normal');
    before = wrong;
  };
  const timer = callbackTimer((nowMs) => {
    timers.arm(timer, nowMs + LOOK_MS);
    look();
  });
  const heard = [health.on('change', look), watch.on(look)];
  timers.arm(timer, guardClock(clock).now() + LOOK_MS);
  look();
  const dispose = () => {
    timers.disarm(timer);
    for (const subscription of heard) subscription.dispose();
  };
  return { dispose, [DISPOSE]: dispose };
}

// A policy that was removed has no budget that could be spent.
function exhausted(policy: DriveSources['policy'], name: string): boolean {
  try {
    return policy(name).errorBudget?.exhausted === true;
  } catch {
    return false;
  }
}

function names(given: unknown, path: string): string[] {
  const isList = readSafely(path, () => Array.isArray(given));
  const listed = given === undefined ? [] : isList ? itemsOf(path, given as unknown[]) : [given];
  for (const name of listed) {
    if (typeof name !== 'string' || name === '') refuseValue(path, 'a name or a list of names', name);
  }
  return listed as string[];
}
