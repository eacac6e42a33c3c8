// A policy's options become a plan.

import { readOptions } from '../../base/options.ts';
import type { PolicyPlan, PolicyShape } from '../plan.ts';
import { neutralNumbers } from './neutral-numbers.ts';
import { type Draft, type Given, type PolicyReader, policyReader } from './policy-reader.ts';
import { ERROR_BUDGET, LATENCY_BUDGET, readErrorBudget, readLatencyBudget } from './read-budgets.ts';
import { BULKHEAD, readBulkhead } from './read-bulkhead.ts';
import { CHAOS, readChaos } from './read-chaos.ts';
import { CIRCUIT_BREAKER, readCircuitBreaker } from './read-circuit-breaker.ts';
import { HEDGE, readHedge } from './read-hedge.ts';
import { RATE_LIMITER, readRateLimiter } from './read-rate-limiter.ts';
import { RETRY, readRetry } from './read-retry.ts';
import { readShed, SHED } from './read-shed.ts';
import { readThrottle, THROTTLE } from './read-throttle.ts';
import { readTimeout, TIMEOUT } from './read-timeout.ts';

interface Strategy {
  name: Exclude<keyof PolicyShape, 'fallback' | 'coalesce'>;
  known: readonly string[];
  read: (o: PolicyReader, draft: Draft) => void;
}

// The error budget stands before chaos, which asks whether there is one.
const STRATEGIES: readonly Strategy[] = [
  { name: 'circuitBreaker', known: CIRCUIT_BREAKER, read: readCircuitBreaker },
  { name: 'throttle', known: THROTTLE, read: readThrottle },
  { name: 'rateLimiter', known: RATE_LIMITER, read: readRateLimiter },
  { name: 'bulkhead', known: BULKHEAD, read: readBulkhead },
  { name: 'timeout', known: TIMEOUT, read: readTimeout },
  { name: 'retry', known: RETRY, read: readRetry },
  { name: 'hedge', known: HEDGE, read: readHedge },
  { name: 'errorBudget', known: ERROR_BUDGET, read: readErrorBudget },
  { name: 'latencyBudget', known: LATENCY_BUDGET, read: readLatencyBudget },
  { name: 'chaos', known: CHAOS, read: readChaos },
  { name: 'shed', known: SHED, read: readShed },
];

/** The names of all options of a policy. */
export const POLICY_OPTIONS: readonly string[] = [
  'isFailure',
  'isIgnored',
  ...STRATEGIES.map(({ name }) => name),
  'fallback',
  'coalesce',
];

/**
 * Reads a policy's options, as they were given or as `data` of a plan that came from another thread. Throws an
 * OptionsError below `path`: `policies.send` for a named policy, `policy` for one by itself.
 */
export function readPolicy(path: string, options: unknown): PolicyPlan {
  const given: Given = { data: {}, inline: [] };
  const o = policyReader(readOptions(path, options, POLICY_OPTIONS), given);
  const draft: Draft = { shape: {}, numbers: neutralNumbers(), functions: {} };
  for (const { name, known, read } of STRATEGIES) {
    const strategy = o.child(name, known);
    if (strategy !== undefined) read(strategy, draft);
  }
  readShapers(o, draft);
  boundLine(draft);
  const { shape, numbers, functions } = draft;
  return { shape, numbers, functions, inline: given.inline, data: given.data };
}

function readShapers(o: PolicyReader, { shape, functions }: Draft): void {
  functions.isFailure = o.fn('isFailure', { optional: true });
  functions.isIgnored = o.fn('isIgnored', { optional: true });
  functions.fallback = o.fn('fallback', { optional: true });
  if (functions.fallback !== undefined) shape.fallback = true;
  const coalesce = o.child('coalesce', ['key']);
  if (coalesce === undefined) return;
  functions.coalesceKey = coalesce.fn('key');
  shape.coalesce = true;
}

/** Who waits for permits stands in the same line as who waits for a slot; only a bulkhead can bound it. */
function boundLine({ shape, numbers }: Draft): void {
  if (shape.bulkhead?.bounded !== true && shape.rateLimiter?.waits === true) {
    numbers.maxQueue = Number.POSITIVE_INFINITY;
  }
}
