// What a breaker shows: nothing here changes a decision.

import {
  CLOSED,
  HALF_OPEN,
  OPEN,
  failedOf,
  generationOf,
  markSeen,
  payloadOf,
  stateOf,
  succeededOf,
  undecidedOf,
} from './breaker-state';
import { trialWait } from './breaker-trial';
import { windowRead } from './breaker-window';
import {
  BREAKER_CONTROL,
  BREAKER_OPEN_MS,
  BREAKER_REJECTED,
  BREAKER_STATE,
  O_TRIALS,
  R_ISOLATED,
  R_OPEN,
  SLOT_VERSION,
} from './layout';
import { getF, optionsOf, tallyAdd, tallyRead } from './words';

/** Whether an admission would be refused now; changes nothing. */
export function breakerRefuses(slot: usize, now: f64): i32 {
  const wait = breakerWait(slot, now);
  return wait == Infinity ? R_ISOLATED : wait > 0 ? R_OPEN : 0;
}

/** 0 closed, 1 half-open, 2 open, 3 isolated, 4 disabled, 5 metrics only. */
export function breakerState(slot: usize, now: f64): i32 {
  const control = atomic.load<i32>(slot, BREAKER_CONTROL);
  if (control >> 2) return 3;
  if (control != 0) return 3 + (control & 3);
  const word = atomic.load<i64>(slot, BREAKER_STATE);
  if (stateOf(word) != OPEN) return stateOf(word);
  return now < markSeen(slot, word, now + getF(slot + BREAKER_OPEN_MS)) ? OPEN : HALF_OPEN;
}

/** Milliseconds until a call may be let through; 0 when one may be now, Infinity while isolated. */
export function breakerWait(slot: usize, now: f64): f64 {
  const control = atomic.load<i32>(slot, BREAKER_CONTROL);
  if (control != 0) return control >> 2 ? Infinity : 0;
  const word = atomic.load<i64>(slot, BREAKER_STATE);
  const state = stateOf(word);
  if (state == CLOSED) return 0;
  const openMs = getF(slot + BREAKER_OPEN_MS);
  if (state == OPEN) return max<f64>(markSeen(slot, word, now + openMs) - now, 0);
  const options = optionsOf(slot, atomic.load<i32>(slot, SLOT_VERSION));
  if (undecidedOf(word) < load<i32>(options, O_TRIALS)) return 0;
  return max<f64>(markSeen(slot, word, now) + trialWait(slot, options) - now, 0);
}

/** Which: 0 total, 1 failures, 2 slow, 3 ignored, 4 duration in ms, 5 rejected. */
export function breakerCount(slot: usize, now: f64, which: i32): f64 {
  const word = atomic.load<i64>(slot, BREAKER_STATE);
  const features = load<i32>(slot);
  const generation = generationOf(word);
  if (which == 5) return tallyRead(slot + BREAKER_REJECTED, generation);
  // Metrics only: whatever the state, calls go to the window of its generation.
  const watched = (atomic.load<i32>(slot, BREAKER_CONTROL) & 3) == 2;
  if (watched || stateOf(word) == CLOSED) return windowRead(slot, features, generation, now, which);
  // A breaker that opened from closed keeps that window, as it was then; one
  // that reopened, or is half-open, shows its trials.
  if (stateOf(word) == OPEN && payloadOf(word) == 0) {
    const opened = markSeen(slot, word, now) - getF(slot + BREAKER_OPEN_MS);
    return windowRead(slot, features, generation - 1, opened, which);
  }
  if (which == 0) return <f64>(succeededOf(word) + failedOf(word));
  if (which == 1) return <f64>failedOf(word);
  if (which == 3) return windowRead(slot, features, generation, now, which);
  return 0;
}

export function breakerRejected(slot: usize): void {
  tallyAdd(slot + BREAKER_REJECTED, generationOf(atomic.load<i64>(slot, BREAKER_STATE)), 1);
}

/** The generation and the state as they stand, for events: generation × 8 + state. */
export function breakerWord(slot: usize): f64 {
  const word = atomic.load<i64>(slot, BREAKER_STATE);
  return <f64>(generationOf(word) * 8 + stateOf(word));
}
