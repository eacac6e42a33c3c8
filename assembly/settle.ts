// The second of a policy's two calls: settle, after an attempt.
//
// settle says the verdict, gives the slot back and records the call, or each of
// these by itself where an operation outlives its answer.

import { adaptLimit, adaptRate } from './adapt';
import { breakerRecord } from './breaker';
import { budgetRecord } from './budget';
import { bulkheadReturn, lineWake } from './bulkhead';
import { latencyOfAttempt, latencyOfCall } from './latency';
import {
  BULKHEAD_ACTIVE,
  COUNT_DURATION_US,
  COUNT_SUCCESS,
  E_LIMIT,
  E_TURNED,
  E_WAKE,
  F_AIMD,
  F_ATTEMPTS,
  F_BREAKER,
  F_BUDGET,
  F_COUNTED,
  F_GRADIENT,
  F_LATENCY,
  F_LINE,
  F_THROTTLE,
  F_VEGAS,
  F_VIEW_RATE,
  OPTIONS_AT,
  OPTIONS_BYTES,
  OPTIONS_RING,
  S_CALL,
  S_RELEASE,
  S_VERDICT,
  SLOT_VERSION,
  T_SLOT,
  V_DROPPED,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from './layout';
import { ownerOf } from './ledger';
import { throttleAccepted } from './throttle';
import { verdictAt } from './words';

/** Records a whole call, whatever its attempts: counters, budget, latency. E_TURNED when a bucket began. */
export function record(slot: usize, startMs: f64, now: f64, verdict: i32): i32 {
  return settle(slot, 0, -1, 0, startMs, now, verdict, S_CALL, -1);
}

function recordCall(slot: usize, features: i32, ms: f64, now: f64, verdict: i32): i32 {
  if (features & F_COUNTED) {
    atomic.add<i64>(slot + verdictAt(verdict), 1, COUNT_SUCCESS);
    atomic.add<i64>(slot, max<i64>(i64(ms * 1000), 0), COUNT_DURATION_US);
  }
  if (verdict == V_IGNORED) return 0;
  let turned: i32 = 0;
  if (features & F_BUDGET) turned = budgetRecord(slot, features, now, i32(verdict != V_SUCCESS));
  if (features & F_LATENCY) turned |= latencyOfCall(slot, features, ms, now);
  return turned ? E_TURNED : 0;
}

/**
 * Hears how an attempt ended. `what`: S_… bits; `verdict`: V_…; `openMs` ≥ 0
 * opens the breaker for that long. Answers E_… bits, to the one thread each
 * change is due to.
 */
export function settle(
  slot: usize,
  cell: usize,
  fence: i32,
  ticket: i32,
  startMs: f64,
  now: f64,
  verdict: i32,
  what: i32,
  openMs: f64,
): i32 {
  const features = load<i32>(slot);
  let events: i32 = 0;
  if (what & S_VERDICT) {
    const version = atomic.load<i32>(slot, SLOT_VERSION);
    const options = slot + OPTIONS_AT + <usize>((version & (OPTIONS_RING - 1)) * OPTIONS_BYTES);
    const ms = now - startMs;
    if (features & F_BREAKER) {
      events = breakerRecord(slot, options, features, cell, fence, ticket, ms, now, verdict, openMs);
    }
    if (features & F_THROTTLE && (verdict == V_SUCCESS || verdict == V_IGNORED)) throttleAccepted(slot, now);
    if (verdict != V_IGNORED) {
      if (features & F_ATTEMPTS) {
        if (features & F_VIEW_RATE && adaptRate(slot, ownerOf(cell), now)) events |= E_LIMIT;
        latencyOfAttempt(slot, features, ms, now);
      }
      if (features & (F_AIMD | F_GRADIENT | F_VEGAS) && ticket & T_SLOT && verdict != V_FAILURE) {
        const inFlight = atomic.load<i32>(slot, BULKHEAD_ACTIVE);
        const dropped = i32(verdict == V_DROPPED);
        if (adaptLimit(slot, options, features, ownerOf(cell), ms, inFlight, dropped)) events |= E_LIMIT;
      }
    }
  }
  if (what & S_RELEASE && ticket & T_SLOT) {
    if (fence < 0) atomic.add<i32>(slot, -1, BULKHEAD_ACTIVE);
    else bulkheadReturn(slot, cell, fence);
    if (features & F_LINE && lineWake(slot)) events |= E_WAKE;
  }
  if (what & S_CALL) events |= recordCall(slot, features, now - startMs, now, verdict);
  return events;
}
