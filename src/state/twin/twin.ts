// The kernels in JavaScript: what runs where WebAssembly may not.
//
// One file for each file of assembly/, the same functions in the same order over
// the same memory, so that threads of both engines may share a policy. Where the
// kernel's comment says all there is to say, the twin's says only what differs.
// A kernel is made of closures over views of its memory, which engines read as
// if they were constants. Offsets are taken out of the layout once in each file:
// an imported binding is looked up anew at every use, a fifth of a decision's time.

import type { Kernels } from '../kernels.ts';
import { aimd, gradient2, twinAdapt, vegas } from './adapt.ts';
import { twinAdmit } from './admit.ts';
import { backoff } from './backoff.ts';
import { twinBreaker } from './breaker.ts';
import { twinBreakerHand } from './breaker-hand.ts';
import { twinBreakerRamp } from './breaker-ramp.ts';
import { twinBreakerMoves } from './breaker-state.ts';
import { twinBreakerTrials } from './breaker-trial.ts';
import { twinBreakerView } from './breaker-view.ts';
import { twinBreakerWindow } from './breaker-window.ts';
import { twinBudget } from './budget.ts';
import { twinBulkhead } from './bulkhead.ts';
import { twinControl } from './control.ts';
import { twinKeyed } from './keyed.ts';
import { latencyIndex, latencyValue, twinLatency } from './latency.ts';
import { twinLedger } from './ledger.ts';
import { twinMemory } from './memory.ts';
import { twinRate } from './rate.ts';
import { twinRateUnits } from './rate-units.ts';
import { twinSettle } from './settle.ts';
import { twinSiphash } from './siphash.ts';
import { twinThrottle } from './throttle.ts';
import { twinWords } from './words.ts';

/** The kernels as JavaScript over `memory`: the same answers as theirs, and the same bytes left behind. */
export function twinKernels({ buffer }: Pick<WebAssembly.Memory, 'buffer'>): Kernels {
  const memory = twinMemory(buffer);
  const words = twinWords(memory);
  const ledger = twinLedger(memory);
  const units = twinRateUnits(memory, words);
  const rate = twinRate(memory, words, units);
  const keyed = twinKeyed(memory, units, rate);
  const moves = twinBreakerMoves(memory, words);
  const ramp = twinBreakerRamp(words, moves);
  const trials = twinBreakerTrials(memory, words, ledger, moves, ramp);
  const window = twinBreakerWindow(memory, words);
  const view = twinBreakerView(memory, words, moves, trials, window);
  const breaker = twinBreaker(memory, words, moves, ramp, trials, window);
  const bulkhead = twinBulkhead(memory, words, ledger);
  const latency = twinLatency(memory, words);
  const budget = twinBudget(memory, words);
  const throttle = twinThrottle(memory, words);
  const { publishWith, ...control } = twinControl(memory, words, units, rate);
  const adapt = twinAdapt(memory, words, { publishWith }, latency);
  return {
    ...twinAdmit(memory, breaker, trials, view, throttle, bulkhead, rate, keyed),
    ...twinSettle(memory, ledger, breaker, throttle, adapt, bulkhead, budget, latency),
    rateAcquire: rate.rateAcquire,
    rateReserve: rate.rateReserve,
    rateRefund: rate.rateRefund,
    rateAvailable: rate.rateAvailable,
    rateWait: rate.rateWait,
    rateSet: rate.rateSet,
    ...twinSiphash(memory),
    keyedAcquire: keyed.keyedAcquire,
    keyedAvailable: keyed.keyedAvailable,
    keyedWait: keyed.keyedWait,
    keyedRefund: keyed.keyedRefund,
    keyedCarry: keyed.keyedCarry,
    keyedLive: keyed.keyedLive,
    breakerState: view.breakerState,
    breakerWait: view.breakerWait,
    breakerRefuses: view.breakerRefuses,
    breakerCount: view.breakerCount,
    breakerWord: view.breakerWord,
    ...twinBreakerHand(memory, ledger, moves, trials),
    bulkheadEnter: bulkhead.bulkheadEnter,
    bulkheadReturn: bulkhead.bulkheadReturn,
    bulkheadActive: bulkhead.bulkheadActive,
    bulkheadCapacity: bulkhead.bulkheadCapacity,
    lineJoin: bulkhead.lineJoin,
    lineLeave: bulkhead.lineLeave,
    lineHead: bulkhead.lineHead,
    lineRank: bulkhead.lineRank,
    lineCosts: bulkhead.lineCosts,
    lineWake: bulkhead.lineWake,
    budgetCount: budget.budgetCount,
    burnCount: budget.burnCount,
    budgetAdd: budget.budgetAdd,
    latencyIndex,
    latencyValue,
    viewCount: latency.viewCount,
    viewPercentile: latency.viewPercentile,
    viewWithin: latency.viewWithin,
    throttleCount: throttle.throttleCount,
    retryDeposit: throttle.retryDeposit,
    retryWithdraw: throttle.retryWithdraw,
    retryLeft: throttle.retryLeft,
    aimd,
    vegas,
    gradient2,
    backoff,
    count: words.count,
    counted: words.counted,
    ...control,
  };
}
