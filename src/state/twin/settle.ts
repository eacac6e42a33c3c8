// The second of a policy's two calls: settle, after an attempt.
//
// settle says the verdict, gives the slot back and records the call, or each of
// these by itself where an operation outlives its answer.

import * as layout from '../../../assembly/layout.ts';
import type { Adapt } from './adapt.ts';
import { whole } from './arithmetic.ts';
import type { Breaker } from './breaker.ts';
import type { Budget } from './budget.ts';
import type { Bulkhead } from './bulkhead.ts';
import type { Latency } from './latency.ts';
import type { Ledger } from './ledger.ts';
import type { TwinMemory } from './memory.ts';
import type { Throttle } from './throttle.ts';
import { optionsOf, verdictAt } from './words.ts';

const {
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
  S_CALL,
  S_RELEASE,
  S_VERDICT,
  SLOT_VERSION,
  T_SLOT,
  V_DROPPED,
  V_FAILURE,
  V_IGNORED,
  V_SUCCESS,
} = layout;

export function twinSettle(
  { i32, load, add, grow }: TwinMemory,
  { ownerOf }: Ledger,
  { breakerRecord }: Breaker,
  { throttleAccepted }: Throttle,
  { adaptLimit, adaptRate }: Adapt,
  { bulkheadReturn, lineWake }: Bulkhead,
  { budgetRecord }: Budget,
  { latencyOfAttempt, latencyOfCall }: Latency,
) {
  /** Records a whole call, whatever its attempts: counters, budget, latency. E_TURNED when a bucket began. */
  function record(slot: number, startMs: number, now: number, verdict: number): number {
    return settle(slot, 0, -1, 0, startMs, now, verdict, S_CALL, -1);
  }

  function recordCall(slot: number, features: number, ms: number, now: number, verdict: number): number {
    if (features & F_COUNTED) {
      grow(slot + COUNT_SUCCESS + verdictAt(verdict), 1);
      grow(slot + COUNT_DURATION_US, whole(Math.max(ms, 0) * 1000));
    }
    if (verdict === V_IGNORED) return 0;
    let turned = 0;
    if (features & F_BUDGET) turned = budgetRecord(slot, features, now, verdict === V_SUCCESS ? 0 : 1);
    if (features & F_LATENCY) turned |= latencyOfCall(slot, features, ms, now);
    return turned ? E_TURNED : 0;
  }

  /**
   * Hears how an attempt ended. `what`: S_… bits; `verdict`: V_…; `openMs` ≥ 0
   * opens the breaker for that long. Answers E_… bits, to the one thread each
   * change is due to.
   */
  function settle(
    slot: number,
    cell: number,
    fence: number,
    ticket: number,
    startMs: number,
    now: number,
    verdict: number,
    what: number,
    openMs: number,
  ): number {
    const features = i32[slot >>> 2];
    let events = 0;
    if (what & S_VERDICT) {
      const options = optionsOf(slot, i32[(slot + SLOT_VERSION) >>> 2]);
      const ms = now - startMs;
      if (features & F_BREAKER) {
        events = breakerRecord(slot, options, features, cell, fence, ticket, ms, now, verdict, openMs);
      }
      if (features & F_THROTTLE && (verdict === V_SUCCESS || verdict === V_IGNORED))
        throttleAccepted(slot, now);
      if (verdict !== V_IGNORED) {
        if (features & F_ATTEMPTS) {
          if (features & F_VIEW_RATE && adaptRate(slot, ownerOf(cell), now)) events |= E_LIMIT;
          latencyOfAttempt(slot, features, ms, now);
        }
        if (features & (F_AIMD | F_GRADIENT | F_VEGAS) && ticket & T_SLOT && verdict !== V_FAILURE) {
          const inFlight = load(slot + BULKHEAD_ACTIVE);
          const dropped = verdict === V_DROPPED ? 1 : 0;
          if (adaptLimit(slot, options, features, ownerOf(cell), ms, inFlight, dropped)) events |= E_LIMIT;
        }
      }
    }
    if (what & S_RELEASE && ticket & T_SLOT) {
      if (fence < 0) add(slot + BULKHEAD_ACTIVE, -1);
      else bulkheadReturn(slot, cell, fence);
      if (features & F_LINE && lineWake(slot)) events |= E_WAKE;
    }
    if (what & S_CALL) events |= recordCall(slot, features, now - startMs, now, verdict);
    return events;
  }

  return { record, settle };
}
