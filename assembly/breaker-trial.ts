// Half-open: a few trials decide whether the breaker closes or opens again.
//
// A trial is taken by moving the state word, so never more than `permits` of one
// generation are undecided, whoever asks. Its outcome counts only in the
// generation it was admitted in.

import { refusedByRamp } from './breaker-ramp';
import {
  CLOSED,
  FAILED_ONE,
  HALF_OPEN,
  OPEN,
  SUCCEEDED_ONE,
  UNDECIDED_ONE,
  failedOf,
  generationOf,
  markAgain,
  markMove,
  markOf,
  movedTo,
  opened,
  payloadOf,
  stateOf,
  succeededOf,
  undecidedOf,
} from './breaker-state';
import {
  BREAKER_LATE,
  BREAKER_OPEN_MS,
  BREAKER_REOPENS,
  BREAKER_STATE,
  COUNT_CLOSED,
  COUNT_HALF_OPENED,
  COUNT_REOPENED,
  E_CLOSED,
  E_REOPENED,
  O_TRIALS,
  O_TRIAL_RATE,
  O_TRIAL_WAIT,
  R_OPEN,
  R_RAMP,
  R_REVOKED,
  R_TURNED,
  T_HALF_OPENED,
  T_TRIAL,
} from './layout';
import { REVOKED, STRUCK, trialDrop, trialGive, trialTake, UNLEDGERED } from './ledger';
import { TRIES, getF } from './words';

const GENERATION: i32 = 0xffffff;

export function trialWait(slot: usize, options: usize): f64 {
  const ms = load<f64>(options, O_TRIAL_WAIT);
  return ms < 0 ? getF(slot + BREAKER_OPEN_MS) : ms;
}

export function turnHalfOpen(slot: usize, word: i64, now: f64): bool {
  const next = movedTo(word, HALF_OPEN, 0);
  if (atomic.cmpxchg<i64>(slot, word, next, BREAKER_STATE) != word) return false;
  markMove(slot, generationOf(next), now);
  return true;
}

/** A refusal, which carries on from a ticket that the breaker was turned half-open. */
export function refusedAs(code: i32, ticket: i32): i32 {
  return ticket & T_HALF_OPENED ? code & ~R_TURNED : code;
}

/** A ticket, or who refused: less R_TURNED where this thread turned the breaker half-open, and others were faster. */
export function admitTrial(slot: usize, options: usize, cell: usize, fence: i32, now: f64, draw: f64): i32 {
  let turned: i32 = 0;
  let refused: i32 = R_OPEN;
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(slot, BREAKER_STATE);
    const state = stateOf(word);
    if (state == CLOSED) {
      // Another thread's trial has closed it meanwhile.
      if (!refusedByRamp(slot, options, word, now, draw)) return generationOf(word) | turned;
      refused = R_RAMP;
      break;
    }
    if (state == OPEN) {
      if (now < markOf(slot, word, now + getF(slot + BREAKER_OPEN_MS))) break;
      if (turnHalfOpen(slot, word, now)) {
        atomic.add<i64>(slot, 1, COUNT_HALF_OPENED);
        turned = T_HALF_OPENED;
      }
      continue;
    }
    if (payloadOf(word) != 0 && now - markOf(slot, word, now) >= trialWait(slot, options)) {
      // The trials have been silent too long: they are void, others may try.
      turnHalfOpen(slot, word, now);
      continue;
    }
    if (undecidedOf(word) >= load<i32>(options, O_TRIALS)) break;
    const generation = generationOf(word);
    const took = trialTake(cell, fence, generation, slot + BREAKER_STATE, word, word + UNDECIDED_ONE);
    if (took < 0) {
      if (took == UNLEDGERED) trialReturn(slot, cell, STRUCK, generation);
      refused = R_REVOKED;
      break;
    }
    if (took == 0) continue;
    if (payloadOf(word) == 0) markAgain(slot, generation, now);
    return generation | T_TRIAL | turned;
  }
  return refusedAs(refused, turned);
}

/** Takes back a trial that a later refusal made void, or that was ignored. */
export function trialReturn(slot: usize, cell: usize, fence: i32, ticket: i32): void {
  const generation = ticket & GENERATION;
  let ledger = fence;
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(slot, BREAKER_STATE);
    if (generationOf(word) != generation || stateOf(word) != HALF_OPEN || undecidedOf(word) == 0) {
      trialDrop(cell, ledger, generation);
      return;
    }
    if (trialGive(cell, ledger, generation, slot + BREAKER_STATE, word, word - UNDECIDED_ONE) != 0) return;
    // Lost the race: another trial was taken or decided. The ledger is done.
    ledger = STRUCK;
  }
}

/** What a thread writes down that has closed the breaker. */
function closed(slot: usize, generation: i32, now: f64): void {
  atomic.store<i32>(slot, 0, BREAKER_REOPENS);
  markMove(slot, generation, now);
}

export function close(slot: usize, word: i64, now: f64): bool {
  const next = movedTo(word, CLOSED, 0);
  if (atomic.cmpxchg<i64>(slot, word, next, BREAKER_STATE) != word) return false;
  closed(slot, generationOf(next), now);
  return true;
}

export function decideTrial(
  slot: usize,
  options: usize,
  cell: usize,
  fence: i32,
  ticket: i32,
  now: f64,
  failed: i32,
  openMs: f64,
): i32 {
  const generation = ticket & GENERATION;
  const permits = load<i32>(options, O_TRIALS);
  const rate = load<f64>(options, O_TRIAL_RATE);
  let ledger = fence;
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(slot, BREAKER_STATE);
    if (generationOf(word) != generation || stateOf(word) != HALF_OPEN || undecidedOf(word) == 0) {
      if (trialDrop(cell, ledger, generation)) atomic.add<i64>(slot, 1, BREAKER_LATE);
      return 0;
    }
    const next = word - UNDECIDED_ONE + (failed ? FAILED_ONE : SUCCEEDED_ONE);
    const bad = failedOf(next);
    const reports = bad + succeededOf(next);
    // Without a rate any failure reopens; with it, once it can no longer stay under.
    const opens = openMs >= 0 || (bad > 0 && (rate > 1 || <f64>bad / <f64>max(permits, reports) >= rate));
    const closes = !opens && reports >= permits;
    const to = opens ? movedTo(word, OPEN, payloadOf(next)) : closes ? movedTo(word, CLOSED, 0) : next;
    const gave = trialGive(cell, ledger, generation, slot + BREAKER_STATE, word, to);
    if (gave == REVOKED) return 0;
    if (gave == 0) {
      // Lost the race: another trial was taken or decided. The ledger is done.
      ledger = STRUCK;
      continue;
    }
    if (opens) {
      opened(slot, generationOf(to), now, openMs);
      atomic.add<i32>(slot, 1, BREAKER_REOPENS);
      atomic.add<i64>(slot, 1, COUNT_REOPENED);
      return E_REOPENED;
    }
    if (closes) {
      closed(slot, generationOf(to), now);
      atomic.add<i64>(slot, 1, COUNT_CLOSED);
      return E_CLOSED;
    }
    return 0;
  }
  return 0;
}
