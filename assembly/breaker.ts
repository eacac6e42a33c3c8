// Circuit breaker: admission and outcome.

import { refusedByRamp } from './breaker-ramp';
import { CLOSED, generationOf, moveToOpen, payloadOf, stateOf, stateWord } from './breaker-state';
import { admitTrial, decideTrial, trialReturn } from './breaker-trial';
import { windowIgnore, windowRecord } from './breaker-window';
import {
  BREAKER_CONTROL,
  BREAKER_LATE,
  BREAKER_STATE,
  COUNT_BREAKER_SUCCESS,
  COUNT_OPENED,
  E_CLOSED,
  E_OPENED,
  E_REOPENED,
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
} from './layout';
import { TRIES, verdictAt } from './words';

/** As generationOf says it, but without a call, where every decision passes. */
const GENERATION: i32 = 0xffffff;

/** A ticket, or who refused. `draw` decides inside the ramp. */
export function breakerAdmit(
  slot: usize,
  options: usize,
  features: i32,
  cell: usize,
  fence: i32,
  now: f64,
  draw: f64,
): i32 {
  const word = atomic.load<i64>(slot, BREAKER_STATE);
  const generation = i32(word >> 39) & GENERATION;
  const control = atomic.load<i32>(slot, BREAKER_CONTROL);
  if (control != 0) {
    if (control >> 2) return R_ISOLATED;
    return generation | ((control & 3) == 1 ? T_UNCOUNTED : T_WATCHED);
  }
  if (stateOf(word) == CLOSED) {
    if (features & F_RAMP && refusedByRamp(slot, options, word, now, draw)) return R_RAMP;
    return generation;
  }
  return admitTrial(slot, options, cell, fence, now, draw);
}

function trip(slot: usize, generation: i32, now: f64, openMs: f64): i32 {
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(slot, BREAKER_STATE);
    if (generationOf(word) != generation || stateOf(word) != CLOSED) return 0;
    if (!moveToOpen(slot, word, now, openMs, 0)) continue;
    atomic.add<i64>(slot, 1, COUNT_OPENED);
    return E_OPENED;
  }
  return 0;
}

/** Counts failures in a row in the state word itself, so that exactly one thread sees the last. */
function consecutive(slot: usize, generation: i32, now: f64, failed: i32, threshold: i32): i32 {
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(slot, BREAKER_STATE);
    if ((i32(word >> 39) & GENERATION) != generation || stateOf(word) != CLOSED) return 0;
    const row = payloadOf(word);
    if (!failed && row == 0) return 0;
    if (failed && row + 1 >= i64(threshold)) {
      if (!moveToOpen(slot, word, now, -1, 0)) continue;
      atomic.add<i64>(slot, 1, COUNT_OPENED);
      return E_OPENED;
    }
    const next = stateWord(generation, CLOSED, failed ? row + 1 : 0);
    if (atomic.cmpxchg<i64>(slot, word, next, BREAKER_STATE) == word) return 0;
  }
  return 0;
}

/** Whether the breaker has moved on since `generation`; the result is then counted as late, and nowhere else. */
function isLate(slot: usize, word: i64, generation: i32): bool {
  if ((i32(word >> 39) & GENERATION) == generation) return false;
  atomic.add<i64>(slot, 1, BREAKER_LATE);
  return true;
}

/**
 * Hears the outcome of an admitted attempt. Answers E_OPENED, E_REOPENED or
 * E_CLOSED to the one thread that moved the breaker. `openMs` ≥ 0 opens at once.
 */
export function breakerRecord(
  slot: usize,
  options: usize,
  features: i32,
  cell: usize,
  fence: i32,
  ticket: i32,
  ms: f64,
  now: f64,
  verdict: i32,
  openMs: f64,
): i32 {
  if (ticket & T_UNCOUNTED) return 0;
  const generation = ticket & GENERATION;
  const failed = i32(verdict != V_SUCCESS);
  if (features & F_COUNTED) atomic.add<i64>(slot + verdictAt(verdict), 1, COUNT_BREAKER_SUCCESS);
  if (verdict == V_IGNORED && openMs < 0) {
    if (ticket & T_TRIAL) trialReturn(slot, cell, fence, ticket);
    // Counted under an earlier generation it would restart the count of this one.
    if (isLate(slot, atomic.load<i64>(slot, BREAKER_STATE), generation)) return 0;
    windowIgnore(slot, features, generation, now);
    return 0;
  }
  if (ticket & T_TRIAL) return decideTrial(slot, options, cell, fence, ticket, now, failed, openMs);
  const word = atomic.load<i64>(slot, BREAKER_STATE);
  if (isLate(slot, word, generation)) return 0;
  const slow = i32(ms > load<f64>(options, O_SLOW_MS));
  const tripped = windowRecord(slot, options, features, generation, ms, now, failed, slow);
  if (ticket & T_WATCHED) return 0;
  if (tripped || openMs >= 0) return trip(slot, generation, now, openMs);
  // A success while there was no failure in a row came before whichever has been counted since.
  const threshold = load<i32>(options, O_CONSECUTIVE);
  if (threshold == 0 || (!failed && payloadOf(word) == 0)) return 0;
  return consecutive(slot, generation, now, failed, threshold);
}
