// Circuit breaker: admission and outcome.

import * as layout from '../../../assembly/layout.ts';
import type { BreakerRamp } from './breaker-ramp.ts';
import { type BreakerMoves, CLOSED, generationOf, payloadOf, stateHigh, stateOf } from './breaker-state.ts';
import type { BreakerTrials } from './breaker-trial.ts';
import type { BreakerWindow } from './breaker-window.ts';
import type { TwinMemory } from './memory.ts';
import { TRIES, verdictAt, type Words } from './words.ts';

const {
  BREAKER_CONTROL,
  BREAKER_LATE,
  BREAKER_STATE,
  COUNT_BREAKER_SUCCESS,
  COUNT_OPENED,
  E_OPENED,
  F_COUNTED,
  F_RAMP,
  O_CONSECUTIVE,
  O_SLOW_MS,
  R_ISOLATED,
  R_RAMP,
  T_TRIAL,
  T_UNCOUNTED,
  T_WATCHED,
  V_IGNORED,
  V_SUCCESS,
} = layout;

const GENERATION = 0xffffff;

export type Breaker = ReturnType<typeof twinBreaker>;

export function twinBreaker(
  { i32, word, look, swap, grow }: TwinMemory,
  { optF, optI }: Words,
  { moveToOpen }: BreakerMoves,
  { refusedByRamp }: BreakerRamp,
  { admitTrial, decideTrial, trialReturn }: BreakerTrials,
  { windowIgnore, windowRecord }: BreakerWindow,
) {
  /** A ticket, or who refused. `draw` decides inside the ramp. */
  function breakerAdmit(
    slot: number,
    options: number,
    features: number,
    cell: number,
    fence: number,
    now: number,
    draw: number,
  ): number {
    const high = i32[(slot + BREAKER_STATE + 4) >>> 2];
    const control = i32[(slot + BREAKER_CONTROL) >>> 2];
    if (control !== 0) {
      if (control >> 2) return R_ISOLATED;
      if ((control & 3) === 1) return generationOf(high) | T_UNCOUNTED;
      return generationOf(high) | T_WATCHED;
    }
    if (stateOf(high) === CLOSED) {
      if (features & F_RAMP && refusedByRamp(slot, options, high, now, draw)) return R_RAMP;
      return generationOf(high);
    }
    return admitTrial(slot, options, cell, fence, now, draw);
  }

  function trip(slot: number, generation: number, now: number, openMs: number): number {
    for (let i = 0; i < TRIES; i++) {
      look(slot + BREAKER_STATE);
      const low = word[0];
      const high = word[1];
      if (generationOf(high) !== generation || stateOf(high) !== CLOSED) return 0;
      if (!moveToOpen(slot, low, high, now, openMs, 0)) continue;
      grow(slot + COUNT_OPENED, 1);
      return E_OPENED;
    }
    return 0;
  }

  /** Counts failures in a row in the state word itself, so that exactly one thread sees the last. */
  function consecutive(
    slot: number,
    generation: number,
    now: number,
    failed: number,
    threshold: number,
  ): number {
    for (let i = 0; i < TRIES; i++) {
      look(slot + BREAKER_STATE);
      const low = word[0];
      const high = word[1];
      if (generationOf(high) !== generation || stateOf(high) !== CLOSED) return 0;
      const row = payloadOf(low, high);
      if (!failed && row === 0) return 0;
      if (failed && row + 1 >= threshold) {
        if (!moveToOpen(slot, low, high, now, -1, 0)) continue;
        grow(slot + COUNT_OPENED, 1);
        return E_OPENED;
      }
      const next = failed ? row + 1 : 0;
      if (swap(slot + BREAKER_STATE, low, high, next, stateHigh(generation, CLOSED, next))) return 0;
    }
    return 0;
  }

  /** Whether the breaker has moved on since `generation`; the result is then counted as late, and nowhere else. */
  function isLate(slot: number, high: number, generation: number): boolean {
    if (generationOf(high) === generation) return false;
    grow(slot + BREAKER_LATE, 1);
    return true;
  }

  /**
   * Hears the outcome of an admitted attempt. Answers E_OPENED, E_REOPENED or
   * E_CLOSED to the one thread that moved the breaker. `openMs` ≥ 0 opens at once.
   */
  function breakerRecord(
    slot: number,
    options: number,
    features: number,
    cell: number,
    fence: number,
    ticket: number,
    ms: number,
    now: number,
    verdict: number,
    openMs: number,
  ): number {
    if (ticket & T_UNCOUNTED) return 0;
    const generation = ticket & GENERATION;
    const failed = verdict === V_SUCCESS ? 0 : 1;
    if (features & F_COUNTED) grow(slot + COUNT_BREAKER_SUCCESS + verdictAt(verdict), 1);
    if (verdict === V_IGNORED && openMs < 0) {
      if (ticket & T_TRIAL) trialReturn(slot, cell, fence, ticket);
      // Counted under an earlier generation it would restart the count of this one.
      if (isLate(slot, i32[(slot + BREAKER_STATE + 4) >>> 2], generation)) return 0;
      windowIgnore(slot, features, generation, now);
      return 0;
    }
    if (ticket & T_TRIAL) return decideTrial(slot, options, cell, fence, ticket, now, failed, openMs);
    look(slot + BREAKER_STATE);
    const low = word[0];
    const high = word[1];
    if (isLate(slot, high, generation)) return 0;
    const slow = ms > optF(options, O_SLOW_MS) ? 1 : 0;
    const tripped = windowRecord(slot, options, features, generation, ms, now, failed, slow);
    if (ticket & T_WATCHED) return 0;
    if (tripped || openMs >= 0) return trip(slot, generation, now, openMs);
    const threshold = optI(options, O_CONSECUTIVE);
    // A success while there was no failure in a row came before whichever has been counted since.
    if (threshold === 0 || (!failed && payloadOf(low, high) === 0)) return 0;
    return consecutive(slot, generation, now, failed, threshold);
  }

  return { breakerAdmit, breakerRecord };
}
