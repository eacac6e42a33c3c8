// Policies, and things that look like one.

import fc from 'fast-check';
import { backoffData, decorrelated, exponential, fromList } from '../../../src/policy/backoff.ts';
import { flatHedge } from '../../../src/policy/options/in-force.ts';
import { LIVE_OPTIONS } from '../../../src/policy/options/live-options.ts';
import { isTree, type OptionTree, optionAt, withOption } from '../../../src/policy/options/option-tree.ts';

const share = fc.double({ min: 0.001, max: 1, noNaN: true });
const ratio = fc.double({ min: 0, max: 1, noNaN: true });
const ms = fc.oneof(fc.nat({ max: 100_000 }), fc.double({ min: 0, max: 1e9, noNaN: true }));
const windowMs = fc.integer({ min: 1, max: 10_000_000 });
const count = fc.integer({ min: 1, max: 5_000 });
const optional = { requiredKeys: [] as [] };

const halfOpen = fc.record({ permits: fc.integer({ min: 1, max: 4_095 }), failureRate: share }, optional);
const circuitBreaker = fc.oneof(
  fc.record(
    { consecutiveFailures: count, openMs: ms, halfOpen, ramp: fc.record({ ms }) },
    { requiredKeys: ['consecutiveFailures'] },
  ),
  fc.record(
    {
      window: fc.oneof(
        fc.record({ calls: fc.integer({ min: 20, max: 4_096 }) }),
        fc.record({ ms: windowMs }),
      ),
      failureRate: share,
      minCalls: fc.integer({ min: 1, max: 20 }),
      slowCall: fc.record({ ms, rate: share }),
      halfOpen,
    },
    { requiredKeys: ['window'] },
  ),
);

const rateLimiter = fc.oneof(
  fc.record(
    {
      permitsPerSecond: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      burst: count,
      maxWaitMs: fc.oneof(ms, fc.constant(Infinity)),
    },
    { requiredKeys: ['permitsPerSecond'] },
  ),
  fc.record({
    permitsPerSecond: fc.integer({ min: 10, max: 100 }),
    // Given, because one that is not stays when the rate changes.
    burst: count,
    adaptive: fc.record({
      minPerSecond: fc.integer({ min: 1, max: 10 }),
      maxPerSecond: fc.integer({ min: 100, max: 10_000 }),
      targetMs: count,
    }),
  }),
  fc.record({ permitsPerSecond: count, perKey: fc.record({ maxKeys: count }) }),
);

const bulkhead = fc.oneof(
  fc.record(
    { maxConcurrent: count, maxQueue: fc.nat({ max: 100 }), maxWaitMs: ms },
    { requiredKeys: ['maxConcurrent'] },
  ),
  fc.record({
    maxConcurrent: fc.integer({ min: 10, max: 100 }),
    adaptive: fc.record(
      { algorithm: fc.constantFrom('aimd', 'gradient2', 'vegas'), minLimit: fc.integer({ min: 1, max: 10 }) },
      { requiredKeys: ['algorithm'] },
    ),
  }),
);

const backoff = fc.constantFrom(
  exponential({ baseMs: 5 }),
  decorrelated({ baseMs: 7 }),
  backoffData(fromList([1, 2])),
);

const strategies = {
  circuitBreaker,
  rateLimiter,
  bulkhead,
  throttle: fc.record({ k: fc.integer({ min: 1, max: 5 }), windowMs, maxRejection: ratio }, optional),
  timeout: fc.record({ attemptMs: ms, totalMs: ms }, { requiredKeys: ['attemptMs'] }),
  retry: fc.record(
    { maxRetries: fc.nat({ max: 9 }), maxElapsedMs: ms, backoff, budget: fc.record({ ratio }, optional) },
    optional,
  ),
  hedge: fc.oneof(
    fc.record({ delayMs: ms, maxHedges: fc.integer({ min: 1, max: 3 }) }, { requiredKeys: ['delayMs'] }),
    fc.record({ percentile: share, windowMs }),
    fc.record({ delayMs: fc.record({ percentile: share, windowMs }) }),
  ),
  errorBudget: fc.record(
    { objective: share, windowMs, minCalls: count },
    { requiredKeys: ['objective', 'windowMs'] },
  ),
  latencyBudget: fc.record(
    { percentile: share, targetMs: count, windowMs },
    { requiredKeys: ['percentile', 'targetMs'] },
  ),
  chaos: fc.record(
    {
      latency: fc.record({ rate: ratio, minMs: fc.nat({ max: 5 }), maxMs: fc.integer({ min: 5, max: 50 }) }),
      error: fc.record({ rate: ratio }),
      result: fc.record({ rate: ratio, value: fc.jsonValue() }),
      seed: fc.oneof(fc.integer(), fc.constant('seed')),
    },
    optional,
  ),
  shed: fc.record({ degraded: fc.nat({ max: 3 }), emergency: fc.integer({ min: 4, max: 8 }) }, optional),
};

/** Options that are allowed, and that cross threads. */
export const anyPolicy = fc.record(strategies, { requiredKeys: [] });

const value = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(0, 1, -1, 0.5, NaN, Infinity, -Infinity, 2 ** 53, '5', null, true),
  },
  { weight: 2, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.anything() },
);

/** Allowed options of which some leaves or branches have become anything. */
export const anythingLikePolicy = fc
  .tuple(anyPolicy, fc.array(fc.tuple(fc.nat(), value), { minLength: 1, maxLength: 4 }))
  .map(([policy, changes]) =>
    changes.reduce((options, [at, other]) => spoiled(options, at, other), policy as unknown),
  );

function spoiled(options: unknown, at: number, other: unknown): unknown {
  if (typeof options !== 'object' || options === null || Object.keys(options).length === 0) return other;
  const names = Object.keys(options);
  const name = names[at % names.length];
  const below = spoiled((options as Record<string, unknown>)[name], Math.floor(at / names.length), other);
  return { ...options, [name]: at % 7 === 0 ? other : below };
}

/** A policy, and a change of some of its numbers, of which many are allowed. */
export const anyUpdate = anyPolicy.chain((policy) => {
  const options = flatHedge(policy as OptionTree);
  const live = Object.keys(LIVE_OPTIONS).filter((path) => {
    const parent = path.slice(0, path.lastIndexOf('.'));
    return isTree(optionAt(options, parent));
  });
  const changes = live.map((path) => fc.tuple(fc.constant(path), valueLike(optionAt(options, path))));
  const leaves = fc.array(fc.oneof(...changes, fc.constant(undefined)), { maxLength: 3 });
  return fc.record({ policy: fc.constant(options), change: leaves.map(treeFrom) });
});

function valueLike(before: unknown): fc.Arbitrary<number> {
  const whole = fc.integer({
    min: 1,
    max: typeof before === 'number' && before > 4 && before < 1e6 ? Math.ceil(before) * 2 : 8,
  });
  if (before === undefined) return fc.oneof(whole, share);
  return Number.isInteger(before) ? whole : share;
}

function treeFrom(leaves: ([path: string, value: number] | undefined)[]): OptionTree {
  return leaves.reduce<OptionTree>(
    (tree, leaf) => (leaf === undefined ? tree : withOption(tree, ...leaf)),
    {},
  );
}
