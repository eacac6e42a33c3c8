// The operator's hand on a breaker: open, close, isolate, disable, restore.

import * as layout from '../../../assembly/layout.ts';
import { whole } from './arithmetic.ts';
import { type BreakerMoves, CLOSED, generationOf, movedTo, OPEN, stateOf } from './breaker-state.ts';
import type { BreakerTrials } from './breaker-trial.ts';
import { type Ledger, REVOKED } from './ledger.ts';
import type { TwinMemory } from './memory.ts';
import { TRIES } from './words.ts';

const { BREAKER_CONTROL, BREAKER_STATE, CELL_PLACES } = layout;

export function twinBreakerHand(
  { word, look, swap, load, swap32 }: TwinMemory,
  { fencedAdd }: Ledger,
  { markMove, moveToOpen }: BreakerMoves,
  { close }: BreakerTrials,
) {
  /** Opens (openMs ≥ 0) or closes (negative) by hand; 1 when that changed the state. Leaves disabled and metrics-only. */
  function breakerForce(slot: number, now: number, openMs: number): number {
    for (let i = 0; i < TRIES; i++) {
      const control = load(slot + BREAKER_CONTROL);
      if (swap32(slot + BREAKER_CONTROL, control, control & ~3)) break;
    }
    for (let i = 0; i < TRIES; i++) {
      look(slot + BREAKER_STATE);
      const low = word[0];
      const high = word[1];
      const changed = stateOf(high) !== (openMs >= 0 ? OPEN : CLOSED) ? 1 : 0;
      if (openMs >= 0 ? moveToOpen(slot, low, high, now, openMs, 0) : close(slot, low, high, now))
        return changed;
    }
    return 0;
  }

  /** 0 normal, 1 disabled, 2 metrics only. Answers the mode before. */
  function breakerMode(slot: number, mode: number): number {
    for (let i = 0; i < TRIES; i++) {
      const control = load(slot + BREAKER_CONTROL);
      if (swap32(slot + BREAKER_CONTROL, control, (control & ~3) | mode)) return control & 3;
    }
    return mode;
  }

  /** Adds (1) or takes away (-1) an isolation; the number before, or REVOKED. */
  function breakerIsolate(slot: number, cell: number, fence: number, by: number): number {
    const before = fencedAdd(cell + CELL_PLACES, fence, by * 2 ** 24, slot + BREAKER_CONTROL, by << 2);
    return before === REVOKED ? REVOKED : before >> 2;
  }

  /** Puts a snapshot's state back, in a new generation. `leftMs`: what remains of an open time. */
  function breakerRestore(slot: number, now: number, state: number, row: number, leftMs: number): void {
    for (let i = 0; i < TRIES; i++) {
      look(slot + BREAKER_STATE);
      const low = word[0];
      const high = word[1];
      if (state === OPEN) {
        if (moveToOpen(slot, low, high, now, leftMs, 0)) return;
        continue;
      }
      const payload = state === CLOSED ? whole(row) : 0;
      const next = movedTo(high, state, payload);
      if (!swap(slot + BREAKER_STATE, low, high, payload, next)) continue;
      markMove(slot, generationOf(next), now);
      return;
    }
  }

  return { breakerForce, breakerMode, breakerIsolate, breakerRestore };
}
