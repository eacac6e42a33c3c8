// Whether two plans differ in more than numbers.

import { backoffData } from '../backoff.ts';
import type { PolicyFunctions, PolicyPlan, PolicyShape } from '../plan.ts';
import { FUNCTION_OPTIONS, SHAPE_OPTIONS } from './live-options.ts';
import { below, isTree } from './option-tree.ts';

/** The path of an option, below the policy, that is other than a number and not what it was; `undefined` without. */
export function changedOption(before: PolicyPlan, after: PolicyPlan): string | undefined {
  const shape = difference(before.shape, withRoomKept(before.shape, after.shape), '');
  if (shape !== undefined) return SHAPE_OPTIONS[shape] ?? shape;
  return changedFunction(before.functions, after.functions);
}

/** A line that is shut, or a wait of 0, takes nothing away: what was made for waiting stays, unused. */
function withRoomKept(before: PolicyShape, after: PolicyShape): PolicyShape {
  const { bulkhead, rateLimiter } = after;
  return {
    ...after,
    bulkhead: bulkhead && { ...bulkhead, queues: bulkhead.queues || before.bulkhead?.queues === true },
    rateLimiter: rateLimiter && {
      ...rateLimiter,
      waits: rateLimiter.waits || before.rateLimiter?.waits === true,
    },
  };
}

function difference(before: unknown, after: unknown, path: string): string | undefined {
  if (!isTree(before) || !isTree(after)) return Object.is(before, after) ? undefined : path;
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const found = difference(before[name], after[name], below(path, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function changedFunction(before: PolicyFunctions, after: PolicyFunctions): string | undefined {
  for (const [option, name] of Object.entries(FUNCTION_OPTIONS)) {
    if (!isSame(before[name], after[name])) return option;
  }
  return Object.is(before.chaosResult?.value, after.chaosResult?.value) ? undefined : 'chaos.result.value';
}

/** A made backoff is what it was made of, whoever it draws from. */
function isSame(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  const made = backoffData(before);
  return made !== undefined && JSON.stringify(made) === JSON.stringify(backoffData(after));
}
