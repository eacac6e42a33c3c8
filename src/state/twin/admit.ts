// The first of a policy's two calls: admit, before an attempt.
//
// admit takes what it can give back first (trial, slot) and what is spent last
// (tokens); a refusal leaves nothing taken. The second call is in settle.ts.

import * as layout from '../../../assembly/layout.ts';
import type { Breaker } from './breaker.ts';
import { type BreakerTrials, refusedAs } from './breaker-trial.ts';
import type { BreakerView } from './breaker-view.ts';
import type { Bulkhead } from './bulkhead.ts';
import { EXHAUSTED, type Keyed } from './keyed.ts';
import { REVOKED } from './ledger.ts';
import type { TwinMemory } from './memory.ts';
import { MOVED, RATE_SHIFT, type Rate } from './rate.ts';
import type { Throttle } from './throttle.ts';
import { optionsOf } from './words.ts';

const {
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
} = layout;

/** How often an admission starts over because the options changed under it. */
const RESTARTS = 64;

/** The throttle and the breaker draw apart, so that one does not choose for the other. */
function secondDraw(draw: number): number {
  const wide = draw * 65536;
  return wide - Math.floor(wide);
}

export function twinAdmit(
  { i32, load, add, grow }: TwinMemory,
  { breakerAdmit }: Breaker,
  { trialReturn }: BreakerTrials,
  { breakerRefuses, breakerRejected, breakerWait }: BreakerView,
  { throttleRequested, throttleShare }: Throttle,
  { bulkheadLimit, bulkheadReturn, bulkheadTake, lineWake }: Bulkhead,
  { bucketTake, rateWait }: Rate,
  { keyedTake, keyedWait }: Keyed,
) {
  function limiterWait(slot: number, features: number, row: number, now: number, permits: number): number {
    return features & F_KEYED ? keyedWait(slot, row, now, permits) : rateWait(slot, now, permits);
  }

  function admitOnce(
    slot: number,
    features: number,
    version: number,
    cell: number,
    row: number,
    fence: number,
    now: number,
    permits: number,
    draw: number,
    mode: number,
  ): number {
    const options = optionsOf(slot, version);
    let ticket = 0;
    if (features & F_LINE && !(mode & A_HEAD) && load(slot + LINE_COUNT) > 0) {
      const refused = features & F_BREAKER ? breakerRefuses(slot, now) : 0;
      return refused < 0 ? refused : R_LINE;
    }
    if (features & F_BREAKER) {
      const mine = features & F_RAMP && features & F_THROTTLE ? secondDraw(draw) : draw;
      ticket = breakerAdmit(slot, options, features, cell, fence, now, mine);
      if (ticket < 0) return ticket;
    }
    let refused = 0;
    if (features & F_THROTTLE && draw < throttleShare(slot, options, now)) {
      throttleRequested(slot, now);
      refused = R_THROTTLED;
    } else {
      if (features & F_BULKHEAD) {
        let took = 0;
        if (fence >= 0) {
          took = bulkheadTake(slot, options, cell, fence);
          if (took === 1) ticket |= T_SLOT;
        } else {
          // As bulkheadTake does it where there is no ledger; whoever lost the race for the last slot gives it back below.
          const limit = bulkheadLimit(slot, options);
          if (i32[(slot + BULKHEAD_ACTIVE) >>> 2] < limit || load(slot + BULKHEAD_ACTIVE) < limit) {
            ticket |= T_SLOT;
            took = add(slot + BULKHEAD_ACTIVE, 1) < limit ? 1 : 0;
          }
        }
        if (took === REVOKED) refused = R_REVOKED;
        else if (took === 0) {
          const late = features & F_RATE && limiterWait(slot, features, row, now, permits) > 0;
          refused = late ? R_RATE : R_BULKHEAD;
        }
      }
      if (refused === 0 && features & F_RATE && !(mode & A_UNLIMITED)) {
        const wait =
          features & F_KEYED
            ? keyedTake(slot, row, version, now, permits)
            : bucketTake(slot, slot + RATE_TAT, RATE_SHIFT, 0, version, now, permits);
        if (wait === MOVED) refused = R_MOVED;
        else if (wait === EXHAUSTED) refused = R_KEYS;
        else if (wait !== 0) refused = R_RATE;
      }
    }
    if (refused === 0) {
      if (features & F_THROTTLE) throttleRequested(slot, now);
      if (features & F_RATE && features & F_COUNTED) grow(slot + COUNT_RATE_ALLOWED, 1);
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
  function admit(
    slot: number,
    cell: number,
    row: number,
    fence: number,
    now: number,
    permits: number,
    draw: number,
    mode: number,
  ): number {
    const features = i32[slot >>> 2];
    let turned = 0;
    for (let i = 0; i < RESTARTS; i++) {
      const version = i32[(slot + SLOT_VERSION) >>> 2];
      const answer = admitOnce(slot, features, version, cell, row, fence, now, permits, draw, mode);
      if (answer >= 0) return answer | turned;
      if ((answer | R_TURNED) !== R_MOVED) return refusedAs(answer, turned);
      if (answer !== R_MOVED) turned = T_HALF_OPENED;
    }
    return refusedAs(R_RATE, turned);
  }

  /** Counts a refusal that stands, and tells the milliseconds after which to try again. */
  function refuse(slot: number, row: number, now: number, permits: number, code: number): number {
    if (code >= -3) {
      // R_OPEN, R_ISOLATED, R_RAMP
      grow(slot + COUNT_BREAKER_REFUSED, 1);
      breakerRejected(slot);
      return code === R_OPEN ? breakerWait(slot, now) : code === -2 ? Infinity : 0;
    }
    if (code === R_THROTTLED) {
      grow(slot + COUNT_THROTTLE_REFUSED, 1);
      return 0;
    }
    if (code === R_RATE) {
      grow(slot + COUNT_RATE_REFUSED, 1);
      return limiterWait(slot, i32[slot >>> 2], row, now, permits);
    }
    grow(slot + (code === R_KEYS ? COUNT_KEYS_EXHAUSTED : COUNT_BULKHEAD_REFUSED), 1);
    return 0;
  }

  return { admit, refuse };
}
