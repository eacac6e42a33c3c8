// The numbers of a policy that has nothing configured.

import type { PolicyNumbers } from '../../state/options-block.ts';

const NONE = Number.POSITIVE_INFINITY;
/** A rate that no share of calls reaches: nothing trips by it. */
export const NO_RATE = 2;
/** Trials wait as long as the circuit was open. */
export const OPEN_TIME = -1;

/** Numbers under which the kernels refuse nobody and nothing runs out. */
export function neutralNumbers(): PolicyNumbers {
  return {
    unitsPerMs: 1,
    units: 1,
    burstUnits: 1,
    maxDebtMs: 0,
    ratePerSecond: 1000,
    minRate: 0,
    maxRate: NONE,
    rateTargetMs: NONE,
    ratePercentile: 1,
    rateIntervalMs: NONE,
    rateSamples: 1,
    burst: 1,
    rateMaxWaitMs: 0,
    consecutive: 0,
    minCalls: 1,
    failureRate: NO_RATE,
    slowMs: NONE,
    slowRate: NO_RATE,
    openMs: 30_000,
    trials: 1,
    trialRate: NO_RATE,
    trialWaitMs: OPEN_TIME,
    rampMs: 0,
    maxConcurrent: 2_147_483_647,
    maxQueue: 0,
    queueMaxWaitMs: NONE,
    minLimit: 1,
    maxLimit: NONE,
    throttleK: 2,
    throttleMax: 0,
    objective: 0,
    budgetCalls: 0,
    budgetMs: 0,
    retryRatio: 0,
    retryFloor: 0,
    maxRetries: 0,
    maxElapsedMs: NONE,
    backoffBaseMs: 0,
    backoffStep: 0,
    backoffMaxMs: 0,
    attemptMs: NONE,
    totalMs: NONE,
    timeoutPercentile: 1,
    timeoutMultiplier: 1,
    timeoutMinMs: 0,
    timeoutMaxMs: NONE,
    hedgeDelayMs: NONE,
    hedgePercentile: 1,
    maxHedges: 0,
    latencyPercentile: 1,
    latencyTargetMs: NONE,
    latencyMinCalls: 0,
    shedDegraded: 0,
    shedSeverely: 0,
    shedEmergency: 0,
    chaosLatencyRate: 0,
    chaosLatencyMinMs: 0,
    chaosLatencyMaxMs: 0,
    chaosErrorRate: 0,
    chaosTimeoutRate: 0,
    chaosResultRate: 0,
    chaosKillRate: 0,
    chaosBlockRate: 0,
  };
}
