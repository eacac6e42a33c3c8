/**
 * Update: other numbers for a policy in use.
 *
 * A change names some options; it is laid over the options in force, and the whole is read as it would be for a
 * new policy. What comes out must be a policy of the same shape, with the same functions.
 */

import { OptionsError } from '../../base/errors.ts';
import { readOptions } from '../../base/options.ts';
import { show } from '../../base/show.ts';
import type { NumberName, PolicyNumbers } from '../../state/options-block.ts';
import type { PolicyPlan, PolicyShape } from '../plan.ts';
import { flatHedge, LIVE, mayStand, optionsInForce } from './in-force.ts';
import { DERIVED_RATE_NUMBERS } from './live-options.ts';
import { below, mergedOptions, type OptionTree, optionAt, treeOf, withOption } from './option-tree.ts';
import { POLICY_OPTIONS, readPolicy } from './read-policy.ts';
import { changedOption } from './same-shape.ts';

/**
 * The numbers that `change` makes other ones of `current`: those it names and those that follow from them, and no
 * others, so that what another thread has changed stays. Throws an OptionsError below `path` when the change is
 * no option, would not be allowed for a new policy, or changes more than numbers: the shape of a window, a
 * function, which strategies there are.
 */
export function updatedNumbers(
  path: string,
  plan: PolicyPlan,
  current: PolicyNumbers,
  change: unknown,
): Partial<PolicyNumbers> {
  readOptions(path, change, POLICY_OPTIONS);
  const wanted = flatHedge(treeOf(path, change));
  refuseAdded(path, plan.shape, wanted);
  const merged = withRateInBounds(mergedOptions(optionsInForce(path, plan, current), wanted), wanted);
  const next = readPolicy(path, merged);
  const changed = changedOption(plan, next);
  if (changed !== undefined) refuse(below(path, changed), optionAt(wanted, changed));
  const updated: Partial<PolicyNumbers> = {};
  for (const name of numbersOf(wanted, merged)) {
    if (next.numbers[name] !== current[name] && mayStand(plan, name)) updated[name] = next.numbers[name];
  }
  return updated;
}

function refuseAdded(path: string, shape: PolicyShape, wanted: OptionTree): void {
  for (const name of Object.keys(wanted)) {
    if (name === 'isFailure' || name === 'isIgnored') continue;
    if (shape[name as keyof PolicyShape]) continue;
    refuse(below(path, name), wanted[name]);
  }
}

/** A rate that adapts is moved into bounds that are changed under it; no option says where it is. */
function withRateInBounds(merged: OptionTree, wanted: OptionTree): OptionTree {
  const min = optionAt(merged, 'rateLimiter.adaptive.minPerSecond');
  const max = optionAt(merged, 'rateLimiter.adaptive.maxPerSecond');
  const rate = optionAt(merged, 'rateLimiter.permitsPerSecond');
  const named = optionAt(wanted, 'rateLimiter.permitsPerSecond') !== undefined;
  if (named || typeof min !== 'number' || typeof max !== 'number' || !(min <= max)) return merged;
  return withOption(merged, 'rateLimiter.permitsPerSecond', Math.min(Math.max(rate as number, min), max));
}

/** The numbers of the strategies that are named; those that a function stands for are not there to be changed. */
function numbersOf(wanted: OptionTree, merged: OptionTree): NumberName[] {
  const names = LIVE.filter(([option]) => Object.hasOwn(wanted, option.slice(0, option.indexOf('.'))))
    .filter(([option]) => typeof optionAt(merged, option) !== 'function')
    .map(([, name]) => name);
  return Object.hasOwn(wanted, 'rateLimiter') ? [...names, ...DERIVED_RATE_NUMBERS] : names;
}

function refuse(path: string, value: unknown): never {
  throw new OptionsError({ path, expected: 'what the policy was made with', received: show(value) });
}
