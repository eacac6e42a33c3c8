// The operator's hand on a breaker: open, close, isolate, disable, restore.

import { CLOSED, OPEN, generationOf, markMove, moveToOpen, movedTo, stateOf } from './breaker-state';
import { close } from './breaker-trial';
import { BREAKER_CONTROL, BREAKER_STATE, CELL_PLACES } from './layout';
import { REVOKED, fencedAdd } from './ledger';
import { TRIES } from './words';

/** Opens (openMs ≥ 0) or closes (negative) by hand; 1 when that changed the state. Leaves disabled and metrics-only. */
export function breakerForce(slot: usize, now: f64, openMs: f64): i32 {
  for (let i = 0; i < TRIES; i++) {
    const control = atomic.load<i32>(slot, BREAKER_CONTROL);
    const left = control & ~3;
    if (atomic.cmpxchg<i32>(slot, control, left, BREAKER_CONTROL) == control) break;
  }
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(slot, BREAKER_STATE);
    const changed = i32(stateOf(word) != (openMs >= 0 ? OPEN : CLOSED));
    if (openMs >= 0 ? moveToOpen(slot, word, now, openMs, 0) : close(slot, word, now)) return changed;
  }
  return 0;
}

/** 0 normal, 1 disabled, 2 metrics only. Answers the mode before. */
export function breakerMode(slot: usize, mode: i32): i32 {
  for (let i = 0; i < TRIES; i++) {
    const control = atomic.load<i32>(slot, BREAKER_CONTROL);
    const next = (control & ~3) | mode;
    if (atomic.cmpxchg<i32>(slot, control, next, BREAKER_CONTROL) == control) return control & 3;
  }
  return mode;
}

/** Adds (1) or takes away (-1) an isolation; the number before, or REVOKED. */
export function breakerIsolate(slot: usize, cell: usize, fence: i32, by: i32): i32 {
  const before = fencedAdd(cell + CELL_PLACES, fence, i64(by) << 24, slot + BREAKER_CONTROL, by << 2);
  return before == REVOKED ? REVOKED : before >> 2;
}

/** Puts a snapshot's state back, in a new generation. `leftMs`: what remains of an open time. */
export function breakerRestore(slot: usize, now: f64, state: i32, row: f64, leftMs: f64): void {
  for (let i = 0; i < TRIES; i++) {
    const word = atomic.load<i64>(slot, BREAKER_STATE);
    if (state == OPEN) {
      if (moveToOpen(slot, word, now, leftMs, 0)) return;
      continue;
    }
    const next = movedTo(word, state, state == CLOSED ? i64(row) : 0);
    if (atomic.cmpxchg<i64>(slot, word, next, BREAKER_STATE) != word) continue;
    markMove(slot, generationOf(next), now);
    return;
  }
}
