// The kernels: everything a policy decides, over memory that all threads share.

export { aimd, gradient2, vegas } from './adapt';
export { admit, refuse } from './admit';
export { backoff } from './backoff';
export { breakerForce, breakerIsolate, breakerMode, breakerRestore } from './breaker-hand';
export { breakerCount, breakerRefuses, breakerState, breakerWait, breakerWord } from './breaker-view';
export { budgetAdd, budgetCount, burnCount } from './budget';
export {
  bulkheadActive,
  bulkheadCapacity,
  bulkheadEnter,
  bulkheadReturn,
  lineCosts,
  lineHead,
  lineJoin,
  lineLeave,
  lineRank,
  lineWake,
} from './bulkhead';
export { grant, publish, reclaim } from './control';
export { keyedAcquire, keyedAvailable, keyedCarry, keyedLive, keyedRefund, keyedWait } from './keyed';
export { latencyIndex, latencyValue, viewCount, viewPercentile, viewWithin } from './latency';
export { rateAcquire, rateAvailable, rateRefund, rateReserve, rateSet, rateWait } from './rate';
export { record, settle } from './settle';
export { keyHash } from './siphash';
export { retryDeposit, retryLeft, retryWithdraw, throttleCount } from './throttle';
export { count, counted } from './words';
