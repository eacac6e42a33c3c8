// The first of a policy's two calls: admit, before an attempt.
//
// admit takes what it can give back first (trial, slot) and what is spent last
// (tokens); a refusal leaves nothing taken.

import { breakerAdmit } from './breaker';
import { refusedAs, trialReturn } from './breaker-trial';
import { breakerRefuses, breakerRejected, breakerWait } from './breaker-view';
import { bulkheadLimit, bulkheadReturn, bulkheadTake, lineWake } from './bulkhead';
import { EXHAUSTED, keyedTake, keyedWait } from './keyed';
import {
  A_HEAD,
  A_UNLIMITED,
  BULKHEAD_ACTIVE,
  COUNT_BREAKER_REFUSED,
  COUNT_BULKHEAD_REFUSED,
  COUNT_KEYS_EXHAUSTED,
  COUNT_RATE_ALLOWED,
  COUNT_RATE_REFUSED,
  COUNT_THROTTLE_REFUSED,
  F_BREAKER,
  F_BULKHEAD,
  F_COUNTED,
  F_KEYED,
  F_LINE,
  F_RAMP,
  F_RATE,
  F_THROTTLE,
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
  SLOT_VERSION,
  T_HALF_OPENED,
  T_SLOT,
  T_TRIAL,
} from './layout';
import { REVOKED } from './ledger';
import { bucketTake, MOVED, RATE_SHIFT, rateWait } from './rate';
import { throttleRequested, throttleShare } from './throttle';

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
      let took: i32 = 0;
      if (fence >= 0) {
        took = bulkheadTake(slot, options, cell, fence);
        if (took == 1) ticket |= T_SLOT;
      } else {
        // As bulkheadTake does it where there is no ledger; whoever lost the race for the last slot gives it back below.
        const limit = bulkheadLimit(slot, options);
        if (atomic.load<i32>(slot, BULKHEAD_ACTIVE) < limit) {
          ticket |= T_SLOT;
          took = i32(atomic.add<i32>(slot, 1, BULKHEAD_ACTIVE) < limit);
        }
      }
      if (took == REVOKED) refused = R_REVOKED;
      else if (took == 0)
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
