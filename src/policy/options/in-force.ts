// The options of a policy as they are now: those it was given, with the numbers that are in force.

import type { NumberName, PolicyNumbers } from '../../state/options-block.ts';
import type { PolicyPlan } from '../plan.ts';
import { FUNCTION_OPTIONS, LIVE_OPTIONS } from './live-options.ts';
import { isTree, type OptionTree, optionAt, withOption } from './option-tree.ts';
import { readPolicy } from './read-policy.ts';

/** Pairs of a live option's path and the number it is. */
export const LIVE = Object.entries(LIVE_OPTIONS) as [string, NumberName][];

const FUNCTIONS = Object.entries(FUNCTION_OPTIONS) as [
  string,
  (typeof FUNCTION_OPTIONS)[keyof typeof FUNCTION_OPTIONS],
][];

/**
 * Options that read as `plan` with the numbers `current`. A default that nobody has changed stays out, so that
 * what follows from another option goes on following: a burst that was never given follows the rate. An adaptive
 * rate is on its own way, though, and its burst stays.
 */
export function optionsInForce(path: string, plan: PolicyPlan, current: PolicyNumbers): OptionTree {
  let options = withFunctions(plan);
  for (const [option, name] of LIVE) {
    if (typeof optionAt(options, option) === 'number') options = withOption(options, option, current[name]);
  }
  if (plan.shape.rateLimiter?.adaptive !== undefined) {
    options = withOption(options, 'rateLimiter.burst', current.burst);
  }
  const { numbers } = readPolicy(path, options);
  for (const [option, name] of LIVE) {
    const changed = numbers[name] !== current[name] && mayStand(plan, name);
    if (changed && typeof optionAt(options, option) !== 'function') {
      options = withOption(options, option, current[name]);
    }
  }
  return options;
}

/** Hedging by percentile has two spellings; here it has one. */
export function flatHedge(options: OptionTree): OptionTree {
  const { hedge } = options;
  if (!isTree(hedge) || !isTree(hedge.delayMs)) return options;
  const { delayMs, ...others } = hedge;
  return { ...options, hedge: { ...others, ...delayMs } };
}

/** Whether a number is an option's at all: a line that nobody bounds has a size, but not by option. */
export function mayStand({ shape }: PolicyPlan, name: NumberName): boolean {
  return name !== 'maxQueue' || shape.bulkhead?.bounded === true;
}

function withFunctions({ data, functions }: PolicyPlan): OptionTree {
  let options = flatHedge(data as OptionTree);
  for (const [option, name] of FUNCTIONS) {
    if (functions[name] !== undefined) options = withOption(options, option, functions[name]);
  }
  const { chaosResult } = functions;
  return chaosResult === undefined ? options : withOption(options, 'chaos.result.value', chaosResult.value);
}
