import {
  F_ATTEMPTS,
  F_BREAKER,
  F_BUDGET,
  F_BULKHEAD,
  F_BURN_ONLY,
  F_COUNTED,
  F_KEYED,
  F_LATENCY,
  F_RATE,
  F_THROTTLE,
  F_VIEW_BUDGET,
  F_WINDOW_CALLS,
  F_WINDOW_TIME,
  R_OPEN,
  THREAD_SCRATCH,
} from '../../assembly/layout.ts';
import type { PolicyNumbers } from '../../src/state/options-block.ts';
import { type Case, FENCE, type Place } from './measured.ts';
import * as plain from './plain-cases.ts';

/** Ten million permits a second, while time goes on by a microsecond a decision: all are granted. */
const PLENTY: Partial<PolicyNumbers> = { units: 1_000, burstUnits: 1e9, unitsPerMs: 1e7, maxDebtMs: 0 };
/** One permit a day. */
const SCARCE: Partial<PolicyNumbers> = { units: 1e6, burstUnits: 1e6, unitsPerMs: 1e6 / 86_400_000 };

const NUMBERS: Partial<PolicyNumbers> = {
  ...PLENTY,
  consecutive: 5,
  minCalls: 20,
  failureRate: 2,
  slowMs: Number.POSITIVE_INFINITY,
  slowRate: 2,
  trials: 3,
  maxConcurrent: 100,
  throttleK: 2,
  throttleMax: 0.9,
  retryRatio: 2,
  retryFloor: 10,
};
const WINDOWS = {
  windowBuckets: 10,
  bucketMs: 1_000,
  windowCalls: 100,
  budgetBucketMs: 60_000,
  throttleBucketMs: 5_000,
};
/** Not the first seconds of a process, which no window has been turned in yet. */
const BEGUN_MS = 3_600_000;
const VIEWS = [60_000, 0, 0, 0] as const;

/** The budget is of an hour, as in every example: its window is whole ten seconds, and the burn ring serves for both. */
const FIVE = F_BREAKER | F_RATE | F_BULKHEAD | F_BUDGET | F_BURN_ONLY | F_LATENCY | F_VIEW_BUDGET;

const PARTS: plain.Parts = { breaker: 'row', limiter: true, bulkhead: true, budget: true, latency: true };

/** An attempt that is let through and succeeds 2 ms later, settled at once and whole. */
function attempt(name: string, features: number, fence: number, parts: plain.Parts): Case {
  return {
    name,
    recipe: { ...WINDOWS, viewMs: VIEWS, features, numbers: NUMBERS },
    plain: () => plain.attempt(parts),
    make:
      ({ k, slot, cell, row }) =>
      (times, first) => {
        let done = 0;
        for (let i = 0; i < times; i++) {
          const nowMs = BEGUN_MS + (first + i) / 1_000;
          const ticket = k.admit(slot, cell, row, fence, nowMs, 1, 0.5, 0);
          if (ticket < 0) continue;
          k.settle(slot, cell, fence, ticket, nowMs, nowMs + 2, 0, 7, -1);
          done++;
        }
        return done;
      },
  };
}

/** Hashes a key of 16 bytes, one of a thousand. */
function useKey({ memory, row }: Place, i: number): void {
  memory.i32[(row + THREAD_SCRATCH) >> 2] = i % 1_000;
}

export const cases: readonly Case[] = [
  {
    name: 'limiter: granted',
    recipe: { features: F_RATE, numbers: PLENTY },
    plain: plain.limiter,
    make:
      ({ k, slot }) =>
      (times, first) => {
        let done = 0;
        for (let i = 0; i < times; i++) if (k.rateAcquire(slot, (first + i) / 1_000, 1) === 0) done++;
        return done;
      },
  },
  {
    name: 'limiter: refused',
    recipe: { features: F_RATE, numbers: SCARCE },
    plain: plain.limiterRefused,
    make: ({ k, slot }) => {
      k.rateAcquire(slot, 0, 1);
      return (times) => {
        let done = 0;
        for (let i = 0; i < times; i++) if (k.rateAcquire(slot, 1, 1) > 0) done++;
        return done;
      };
    },
  },
  {
    name: 'keyed limiter: a key hashed and granted, a thousand keys',
    recipe: { features: F_RATE | F_KEYED, numbers: PLENTY, keyCells: 4_096 },
    plain: plain.keyed,
    make: (place) => (times, first) => {
      const { k, slot, row } = place;
      let done = 0;
      for (let i = 0; i < times; i++) {
        useKey(place, first + i);
        k.keyHash(row, 16);
        if (k.keyedAcquire(slot, row, (first + i) / 1_000, 1) === 0) done++;
      }
      return done;
    },
  },
  {
    name: 'hash of 16 bytes',
    recipe: { features: 0, numbers: {} },
    plain: plain.lookup,
    make:
      ({ k, row }) =>
      (times) => {
        for (let i = 0; i < times; i++) k.keyHash(row, 16);
        return times;
      },
  },
  {
    name: 'bulkhead: entered and left, no ledger',
    recipe: { features: F_BULKHEAD, numbers: NUMBERS },
    plain: plain.bulkhead,
    make:
      ({ k, slot, cell }) =>
      (times) => {
        let done = 0;
        for (let i = 0; i < times; i++) {
          if (k.bulkheadEnter(slot, cell, -1) === 1 && k.bulkheadReturn(slot, cell, -1) === 1) done++;
        }
        return done;
      },
  },
  {
    name: 'bulkhead: entered and left, fenced',
    recipe: { features: F_BULKHEAD, numbers: NUMBERS },
    plain: plain.bulkhead,
    make:
      ({ k, slot, cell }) =>
      (times) => {
        let done = 0;
        for (let i = 0; i < times; i++) {
          if (k.bulkheadEnter(slot, cell, FENCE) === 1 && k.bulkheadReturn(slot, cell, FENCE) === 1) done++;
        }
        return done;
      },
  },
  attempt('admit + settle: breaker, failures in a row', F_BREAKER, -1, { breaker: 'row' }),
  attempt('admit + settle: breaker, window of 100 calls', F_BREAKER | F_WINDOW_CALLS, -1, {
    breaker: 'calls',
  }),
  attempt('admit + settle: breaker, window of 10 buckets', F_BREAKER | F_WINDOW_TIME, -1, {
    breaker: 'time',
  }),
  attempt('admit + settle: throttle', F_THROTTLE, -1, { throttle: true }),
  attempt('admit + settle: error budget of an hour', F_BUDGET | F_BURN_ONLY, -1, { budget: true }),
  attempt('admit + settle: error budget, window of a ring of its own', F_BUDGET, -1, { budget: true }),
  attempt('admit + settle: latency histogram, one view', F_LATENCY | F_VIEW_BUDGET, -1, { latency: true }),
  attempt('admit + settle: breaker, limiter, bulkhead, budget, latency', FIVE, -1, PARTS),
  attempt('the same, counted for metrics', FIVE | F_COUNTED | F_ATTEMPTS, -1, { ...PARTS, metrics: true }),
  attempt('the same on a worker, fenced', FIVE | F_COUNTED | F_ATTEMPTS, FENCE, { ...PARTS, metrics: true }),
  {
    name: 'admit: refused by an open breaker',
    recipe: { features: FIVE, numbers: NUMBERS, ...WINDOWS, viewMs: VIEWS },
    plain: plain.refusedByOpen,
    make: ({ k, slot, cell, row }) => {
      k.breakerForce(slot, 0, 1e9);
      return (times) => {
        let done = 0;
        for (let i = 0; i < times; i++) if (k.admit(slot, cell, row, -1, 1, 1, 0.5, 0) === R_OPEN) done++;
        return done;
      };
    },
  },
  {
    name: 'percentile of a view',
    recipe: { features: F_LATENCY | F_VIEW_BUDGET, numbers: NUMBERS, ...WINDOWS, viewMs: VIEWS },
    plain: plain.percentile,
    make: ({ k, slot }) => {
      for (let i = 0; i < 1_000; i++) k.record(slot, 0, i / 10, 0);
      return (times) => {
        let done = 0;
        for (let i = 0; i < times; i++) if (k.viewPercentile(slot, 0, 100, 0.95) > 90) done++;
        return done;
      };
    },
  },
  {
    name: 'retry budget: a call paid in, a retry paid out',
    recipe: { features: 0, numbers: NUMBERS },
    plain: plain.retryBudget,
    make:
      ({ k, slot }) =>
      (times, first) => {
        let done = 0;
        for (let i = 0; i < times; i++) {
          k.retryDeposit(slot, (first + i) / 1_000);
          done += k.retryWithdraw(slot, (first + i) / 1_000);
        }
        return done;
      },
  },
  {
    name: 'adaptive limit: a step of vegas',
    recipe: { features: 0, numbers: {} },
    plain: plain.vegas,
    make:
      ({ k }) =>
      (times, first) => {
        let done = 0;
        for (let i = 0; i < times; i++)
          if (k.vegas(20 + (((first + i) / 1_000) % 1), 18, 12, 10, 0) > 0) done++;
        return done;
      },
  },
  {
    name: 'backoff: the third of an exponential, full jitter',
    recipe: { features: 0, numbers: {} },
    plain: plain.backoff,
    make:
      ({ k }) =>
      (times, first) => {
        let done = 0;
        for (let i = 0; i < times; i++) {
          if (k.backoff(2, 3, 100, 2, 30_000, -1, ((first + i) / 1_000) % 1, 0) >= 0) done++;
        }
        return done;
      },
  },
];
