// A policy's whole decision in two calls: admit before an attempt, settle after.
//
// admit takes what it can give back first (trial, slot) and what is spent last
// (tokens); a refusal leaves nothing taken. settle says the verdict, gives the
// slot back and records the call, or each of these by itself where an operation
// outlives its answer.

import { adaptLimit, adaptRate } from './adapt';
import { breakerAdmit, breakerRecord } from './breaker';
import { breakerRefuses, breakerRejected, breakerWait } from './breaker-view';
import { refusedAs, trialReturn } from './breaker-trial';
import { budgetRecord } from './budget';
import { bulkheadReturn, bulkheadTake, lineWake } from './bulkhead';
import { EXHAUSTED, keyedTake, keyedWait } from './keyed';
import { latencyRecord } from './latency';
import {
  A_HEAD,
  A_UNLIMITED,
  BULKHEAD_ACTIVE,
  COUNT_BREAKER_REFUSED,
  COUNT_BULKHEAD_REFUSED,
  COUNT_DURATION_US,
  COUNT_FAILURE,
  COUNT_IGNORED,
  COUNT_KEYS_EXHAUSTED,
  COUNT_RATE_ALLOWED,
  COUNT_RATE_REFUSED,
  COUNT_SUCCESS,
  COUNT_THROTTLE_REFUSED,
  E_LIMIT,
  E_TURNED,
  E_WAKE,
  F_AIMD,
  F_ATTEMPTS,
  F_BREAKER,
  F_BUDGET,
  F_BULKHEAD,
  F_COUNTED,
  F_GRADIENT,
  F_KEYED,
  F_LATENCY,
  F_LINE,
  F_RAMP,
  F_RATE,
  F_THROTTLE,
  F_VEGAS,
  F_VIEW_RATE,
  LINE_COUNT,
  OPTIONS_AT,
  OPTIONS_BYTES,
  OPTIONS_RING,
  R_BULKHEAD,
  R_KEYS,
  R_LINE,
  R_MOVED,
  R_OPEN,
  R_RATE,
  R_REVOKED,
  R_THROTTLED,
  R_TURNED,
  RATE_TAT,
  S_CALL,
  S_RELEASE,
  S_VERDICT,
  SLOT_VERSION,
  T_HALF_OPENED,
  T_SLOT,
  T_TRIAL,
  V_DROPPED,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} from './layout';
import { ownerOf, REVOKED } from './ledger';
import { bucketTake, MOVED, RATE_SHIFT, rateWait } from './rate';
import { throttleAccepted, throttleRequested, throttleShare } from './throttle';

/** How often an admission starts over because the options changed under it. */
const RESTARTS: i32 = 64;

function limiterWait(slot: usize, features: i32, row: usize, now: f64, permits: f64): f64 {
  return features & F_KEYED ? keyedWait(slot, row, now, permits) : rateWait(slot, now, permits);
}

/** The throttle and the breaker draw apart, so that one does not choose for the other. */
function secondDraw(draw: f64): f64 {
  const wide = draw * 65536;
  return wide - floor(wide);
}

function admitOnce(
  slot: usize,
  features: i32,
  version: i32,
  cell: usize,
  row: usize,
  fence: i32,
  now: f64,
  permits: f64,
  draw: f64,
  mode: i32,
): i32 {
  const options = slot + OPTIONS_AT + <usize>((version & (OPTIONS_RING - 1)) * OPTIONS_BYTES);
  let ticket: i32 = 0;
  if (features & F_LINE && !(mode & A_HEAD) && atomic.load<i32>(slot, LINE_COUNT) > 0) {
    const refused = features & F_BREAKER ? breakerRefuses(slot, now) : 0;
    return refused < 0 ? refused : R_LINE;
  }
  if (features & F_BREAKER) {
    const mine = features & F_RAMP && features & F_THROTTLE ? secondDraw(draw) : draw;
    ticket = breakerAdmit(slot, options, features, cell, fence, now, mine);
    if (ticket < 0) return ticket;
  }
  let refused: i32 = 0;
  if (features & F_THROTTLE && draw < throttleShare(slot, options, now)) {
    throttleRequested(slot, now);
    refused = R_THROTTLED;
  } else {
    if (features & F_BULKHEAD) {
      const took = bulkheadTake(slot, options, cell, fence);
      if (took == 1) ticket |= T_SLOT;
      else if (took == REVOKED) refused = R_REVOKED;
      else
        refused =
          features & F_RATE && limiterWait(slot, features, row, now, permits) > 0 ? R_RATE : R_BULKHEAD;
    }
    if (refused == 0 && features & F_RATE && !(mode & A_UNLIMITED)) {
      const wait =
        features & F_KEYED
          ? keyedTake(slot, row, version, now, permits)
          : bucketTake(slot, slot + RATE_TAT, RATE_SHIFT, 0, version, now, permits);
      if (wait == MOVED) refused = R_MOVED;
      else if (wait == EXHAUSTED) refused = R_KEYS;
      else if (wait != 0) refused = R_RATE;
    }
  }
  if (refused == 0) {
    if (features & F_THROTTLE) throttleRequested(slot, now);
    if (features & F_RATE && features & F_COUNTED) atomic.add<i64>(slot, 1, COUNT_RATE_ALLOWED);
    return ticket;
  }
  if (ticket & T_SLOT) {
    bulkheadReturn(slot, cell, fence);
    lineWake(slot);
  }
  if (ticket & T_TRIAL) trialReturn(slot, cell, fence, ticket);
  return refusedAs(refused, ticket);
}

/**
 * Asks every configured protection in one step. A ticket (≥ 0) or an R_… code,
 * which leaves nothing taken and nothing counted: see `refuse`; less R_TURNED
 * when the breaker was turned half-open on the way, which stands. `row`: the
 * thread's row, with the hash of the key. `mode`: A_… bits.
 */
export function admit(
  slot: usize,
  cell: usize,
  row: usize,
  fence: i32,
  now: f64,
  permits: f64,
  draw: f64,
  mode: i32,
): i32 {
  const features = load<i32>(slot);
  let turned: i32 = 0;
  for (let i = 0; i < RESTARTS; i++) {
    const version = atomic.load<i32>(slot, SLOT_VERSION);
    const answer = admitOnce(slot, features, version, cell, row, fence, now, permits, draw, mode);
    if (answer >= 0) return answer | turned;
    if ((answer | R_TURNED) != R_MOVED) return refusedAs(answer, turned);
    if (answer != R_MOVED) turned = T_HALF_OPENED;
  }
  return refusedAs(R_RATE, turned);
}

/** Counts a refusal that stands, and tells the milliseconds after which to try again. */
export function refuse(slot: usize, row: usize, now: f64, permits: f64, code: i32): f64 {
  if (code >= -3) {
    // R_OPEN, R_ISOLATED, R_RAMP
    atomic.add<i64>(slot, 1, COUNT_BREAKER_REFUSED);
    breakerRejected(slot);
    return code == R_OPEN ? breakerWait(slot, now) : code == -2 ? Infinity : 0;
  }
  if (code == R_THROTTLED) {
    atomic.add<i64>(slot, 1, COUNT_THROTTLE_REFUSED);
    return 0;
  }
  if (code == R_RATE) {
    atomic.add<i64>(slot, 1, COUNT_RATE_REFUSED);
    return limiterWait(slot, load<i32>(slot), row, now, permits);
  }
  atomic.add<i64>(slot + <usize>(code == R_KEYS ? COUNT_KEYS_EXHAUSTED : COUNT_BULKHEAD_REFUSED), 1);
  return 0;
}

/** Records a whole call, whatever its attempts: counters, budget, latency. E_TURNED when a bucket began. */
export function record(slot: usize, startMs: f64, now: f64, verdict: i32): i32 {
  const features = load<i32>(slot);
  const ms = now - startMs;
  if (features & F_COUNTED) {
    const count = verdict == V_SUCCESS ? COUNT_SUCCESS : verdict == V_IGNORED ? COUNT_IGNORED : COUNT_FAILURE;
    atomic.add<i64>(slot + <usize>count, 1);
    atomic.add<i64>(slot, i64(max(ms, 0) * 1000), COUNT_DURATION_US);
  }
  if (verdict == V_IGNORED) return 0;
  let turned: i32 = 0;
  if (features & F_BUDGET) turned = budgetRecord(slot, features, now, i32(verdict != V_SUCCESS));
  if (features & F_LATENCY) turned |= latencyRecord(slot, features, 0, ms, now);
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
        latencyRecord(slot, features, 1, ms, now);
      }
      if (features & (F_AIMD | F_GRADIENT | F_VEGAS) && ticket & T_SLOT && verdict != V_FAILURE) {
        const inFlight = atomic.load<i32>(slot, BULKHEAD_ACTIVE);
        const dropped = i32(verdict == V_DROPPED);
        if (adaptLimit(slot, options, features, ownerOf(cell), ms, inFlight, dropped)) events |= E_LIMIT;
      }
    }
  }
  if (what & S_RELEASE && ticket & T_SLOT) {
    bulkheadReturn(slot, cell, fence);
    if (features & F_LINE && lineWake(slot)) events |= E_WAKE;
  }
  if (what & S_CALL) events |= record(slot, startMs, now, verdict);
  return events;
}
