// Half-open: a few trials decide whether the breaker closes or opens again.
//
// A trial is taken by moving the state word, so never more than `permits` of one
// generation are undecided, whoever asks. Its outcome counts only in the
// generation it was admitted in.

import * as layout from '../../../assembly/layout.ts';
import { carried } from './arithmetic.ts';
import {
  type BreakerMoves,
  CLOSED,
  FAILED_ONE,
  failedOf,
  generationOf,
  HALF_OPEN,
  movedTo,
  OPEN,
  payloadOf,
  SUCCEEDED_ONE,
  stateOf,
  succeededOf,
  UNDECIDED_ONE,
  undecidedOf,
} from './breaker-state.ts';
import { type Ledger, REVOKED } from './ledger.ts';
import type { TwinMemory } from './memory.ts';
import { TRIES, type Words } from './words.ts';

const {
  BREAKER_LATE,
  BREAKER_OPEN_MS,
  BREAKER_REOPENS,
  BREAKER_STATE,
  COUNT_CLOSED,
  COUNT_HALF_OPENED,
  COUNT_REOPENED,
  E_CLOSED,
  E_REOPENED,
  O_TRIAL_RATE,
  O_TRIAL_WAIT,
  O_TRIALS,
  R_OPEN,
  R_REVOKED,
  T_HALF_OPENED,
  T_TRIAL,
} = layout;

const GENERATION = 0xffffff;

export type BreakerTrials = ReturnType<typeof twinBreakerTrials>;

export function twinBreakerTrials(
  { word, look, swap, store, add, grow }: TwinMemory,
  { getF, optF, optI }: Words,
  { trialTake, trialDrop }: Ledger,
  { markMove, markAgain, markOf, moveToOpen }: BreakerMoves,
) {
  function trialWait(slot: number, options: number): number {
    const ms = optF(options, O_TRIAL_WAIT);
    return ms < 0 ? getF(slot + BREAKER_OPEN_MS) : ms;
  }

  function turnHalfOpen(slot: number, low: number, high: number, now: number): boolean {
    const next = movedTo(high, HALF_OPEN, 0);
    if (!swap(slot + BREAKER_STATE, low, high, 0, next)) return false;
    markMove(slot, generationOf(next), now);
    return true;
  }

  function admitTrial(slot: number, options: number, cell: number, fence: number, now: number): number {
    let turned = 0;
    for (let i = 0; i < TRIES; i++) {
      look(slot + BREAKER_STATE);
      const low = word[0];
      const high = word[1];
      if (stateOf(high) === CLOSED) return generationOf(high) | turned;
      if (stateOf(high) === OPEN) {
        if (now < markOf(slot, high, now + getF(slot + BREAKER_OPEN_MS))) return R_OPEN;
        if (turnHalfOpen(slot, low, high, now)) {
          grow(slot + COUNT_HALF_OPENED, 1);
          turned = T_HALF_OPENED;
        }
        continue;
      }
      const untried = payloadOf(low, high) === 0;
      if (!untried && now - markOf(slot, high, now) >= trialWait(slot, options)) {
        // The trials have been silent too long: they are void, others may try.
        turnHalfOpen(slot, low, high, now);
        continue;
      }
      if (undecidedOf(low, high) >= optI(options, O_TRIALS)) return R_OPEN;
      const generation = generationOf(high);
      const more = (low >>> 0) + UNDECIDED_ONE;
      const state = slot + BREAKER_STATE;
      const took = trialTake(cell, fence, generation, state, low, high, more, carried(high, more));
      if (took === REVOKED) return R_REVOKED;
      if (took === 0) continue;
      if (untried) markAgain(slot, generation, now);
      return generation | T_TRIAL | turned;
    }
    return R_OPEN;
  }

  /** Takes back a trial that a later refusal made void, or that was ignored. */
  function trialReturn(slot: number, cell: number, fence: number, ticket: number): void {
    const generation = ticket & GENERATION;
    if (!trialDrop(cell, fence, generation)) return;
    for (let i = 0; i < TRIES; i++) {
      look(slot + BREAKER_STATE);
      const low = word[0];
      const high = word[1];
      if (generationOf(high) !== generation || stateOf(high) !== HALF_OPEN || undecidedOf(low, high) === 0)
        return;
      const less = (low >>> 0) - UNDECIDED_ONE;
      if (swap(slot + BREAKER_STATE, low, high, less, carried(high, less))) return;
    }
  }

  function close(slot: number, low: number, high: number, now: number): boolean {
    const next = movedTo(high, CLOSED, 0);
    if (!swap(slot + BREAKER_STATE, low, high, 0, next)) return false;
    store(slot + BREAKER_REOPENS, 0);
    markMove(slot, generationOf(next), now);
    return true;
  }

  function decideTrial(
    slot: number,
    options: number,
    cell: number,
    fence: number,
    ticket: number,
    now: number,
    failed: number,
    openMs: number,
  ): number {
    const generation = ticket & GENERATION;
    if (!trialDrop(cell, fence, generation)) return 0;
    const permits = optI(options, O_TRIALS);
    const rate = optF(options, O_TRIAL_RATE);
    for (let i = 0; i < TRIES; i++) {
      look(slot + BREAKER_STATE);
      const low = word[0];
      const high = word[1];
      if (generationOf(high) !== generation || stateOf(high) !== HALF_OPEN) {
        grow(slot + BREAKER_LATE, 1);
        return 0;
      }
      const next = (low >>> 0) - UNDECIDED_ONE + (failed ? FAILED_ONE : SUCCEEDED_ONE);
      const nextHigh = carried(high, next);
      const bad = failedOf(next);
      const reports = bad + succeededOf(next);
      // Without a rate any failure reopens; with it, once it can no longer stay under.
      if (openMs >= 0 || (bad > 0 && (rate > 1 || bad / Math.max(permits, reports) >= rate))) {
        if (!moveToOpen(slot, low, high, now, openMs, payloadOf(next, nextHigh))) continue;
        add(slot + BREAKER_REOPENS, 1);
        grow(slot + COUNT_REOPENED, 1);
        return E_REOPENED;
      }
      if (reports >= permits) {
        if (!close(slot, low, high, now)) continue;
        grow(slot + COUNT_CLOSED, 1);
        return E_CLOSED;
      }
      if (swap(slot + BREAKER_STATE, low, high, next, nextHigh)) return 0;
    }
    return 0;
  }

  return { trialWait, admitTrial, trialReturn, close, decideTrial };
}
