// What a breaker shows: nothing here changes a decision.

import * as layout from '../../../assembly/layout.ts';
import {
  type BreakerMoves,
  CLOSED,
  failedOf,
  generationOf,
  HALF_OPEN,
  OPEN,
  payloadOf,
  stateOf,
  succeededOf,
  undecidedOf,
} from './breaker-state.ts';
import type { BreakerTrials } from './breaker-trial.ts';
import type { BreakerWindow } from './breaker-window.ts';
import type { TwinMemory } from './memory.ts';
import { optionsOf, type Words } from './words.ts';

const {
  BREAKER_CONTROL,
  BREAKER_OPEN_MS,
  BREAKER_REJECTED,
  BREAKER_STATE,
  O_TRIALS,
  R_ISOLATED,
  R_OPEN,
  SLOT_VERSION,
} = layout;

export type BreakerView = ReturnType<typeof twinBreakerView>;

export function twinBreakerView(
  { i32, word, look, load }: TwinMemory,
  { getF, optI, tallyAdd, tallyRead }: Words,
  { markSeen }: BreakerMoves,
  { trialWait }: BreakerTrials,
  { windowRead }: BreakerWindow,
) {
  /** Whether an admission would be refused now; changes nothing. */
  function breakerRefuses(slot: number, now: number): number {
    const wait = breakerWait(slot, now);
    return wait === Infinity ? R_ISOLATED : wait > 0 ? R_OPEN : 0;
  }

  /** 0 closed, 1 half-open, 2 open, 3 isolated, 4 disabled, 5 metrics only. */
  function breakerState(slot: number, now: number): number {
    const control = load(slot + BREAKER_CONTROL);
    if (control >> 2) return 3;
    if (control !== 0) return 3 + (control & 3);
    const high = i32[(slot + BREAKER_STATE + 4) >>> 2];
    if (stateOf(high) !== OPEN) return stateOf(high);
    return now < markSeen(slot, high, now + getF(slot + BREAKER_OPEN_MS)) ? OPEN : HALF_OPEN;
  }

  /** Milliseconds until a call may be let through; 0 when one may be now, Infinity while isolated. */
  function breakerWait(slot: number, now: number): number {
    const control = load(slot + BREAKER_CONTROL);
    if (control !== 0) return control >> 2 ? Infinity : 0;
    look(slot + BREAKER_STATE);
    const low = word[0];
    const high = word[1];
    const state = stateOf(high);
    if (state === CLOSED) return 0;
    const openMs = getF(slot + BREAKER_OPEN_MS);
    if (state === OPEN) return Math.max(markSeen(slot, high, now + openMs) - now, 0);
    const options = optionsOf(slot, i32[(slot + SLOT_VERSION) >>> 2]);
    if (undecidedOf(low, high) < optI(options, O_TRIALS)) return 0;
    return Math.max(markSeen(slot, high, now) + trialWait(slot, options) - now, 0);
  }

  /** Which: 0 total, 1 failures, 2 slow, 3 ignored, 4 duration in ms, 5 rejected. */
  function breakerCount(slot: number, now: number, which: number): number {
    look(slot + BREAKER_STATE);
    const low = word[0];
    const high = word[1];
    const features = i32[slot >>> 2];
    const generation = generationOf(high);
    if (which === 5) return tallyRead(slot + BREAKER_REJECTED, generation);
    // Metrics only: whatever the state, calls go to the window of its generation.
    const watched = (load(slot + BREAKER_CONTROL) & 3) === 2;
    if (watched || stateOf(high) === CLOSED) return windowRead(slot, features, generation, now, which);
    // A breaker that opened from closed keeps that window, as it was then; one
    // that reopened, or is half-open, shows its trials.
    if (stateOf(high) === OPEN && payloadOf(low, high) === 0) {
      const opened = markSeen(slot, high, now) - getF(slot + BREAKER_OPEN_MS);
      return windowRead(slot, features, generation - 1, opened, which);
    }
    if (which === 0) return succeededOf(low) + failedOf(low);
    if (which === 1) return failedOf(low);
    if (which === 3) return windowRead(slot, features, generation, now, which);
    return 0;
  }

  function breakerRejected(slot: number): void {
    tallyAdd(slot + BREAKER_REJECTED, generationOf(i32[(slot + BREAKER_STATE + 4) >>> 2]), 1);
  }

  /** The generation and the state as they stand, for events: generation × 8 + state. */
  function breakerWord(slot: number): number {
    const high = load(slot + BREAKER_STATE + 4);
    return generationOf(high) * 8 + stateOf(high);
  }

  return {
    breakerRefuses,
    breakerState,
    breakerWait,
    breakerCount,
    breakerRejected,
    breakerWord,
  };
}
