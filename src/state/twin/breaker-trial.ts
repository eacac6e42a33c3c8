// Half-open: a few trials decide whether the breaker closes or opens again.
//
// A trial is taken by moving the state word, so never more than `permits` of one
// generation are undecided, whoever asks. Its outcome counts only in the
// generation it was admitted in.

import * as layout from '../../../assembly/layout.ts';
import { carried } from './arithmetic.ts';
import type { BreakerRamp } from './breaker-ramp.ts';
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
import { type Ledger, REVOKED, STRUCK, UNLEDGERED } from './ledger.ts';
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
  R_RAMP,
  R_REVOKED,
  R_TURNED,
  T_HALF_OPENED,
  T_TRIAL,
} = layout;

const GENERATION = 0xffffff;

/** A refusal, which carries on from a ticket that the breaker was turned half-open. */
export function refusedAs(code: number, ticket: number): number {
  return ticket & T_HALF_OPENED ? code & ~R_TURNED : code;
}

export type BreakerTrials = ReturnType<typeof twinBreakerTrials>;

export function twinBreakerTrials(
  { word, look, swap, store, add, grow }: TwinMemory,
  { getF, optF, optI }: Words,
  { trialTake, trialGive, trialDrop }: Ledger,
  { markMove, markAgain, markOf, opened }: BreakerMoves,
  { refusedByRamp }: BreakerRamp,
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

  /** A ticket, or who refused: less R_TURNED where this thread turned the breaker half-open, and others were faster. */
  function admitTrial(
    slot: number,
    options: number,
    cell: number,
    fence: number,
    now: number,
    draw: number,
  ): number {
    let turned = 0;
    let refused = R_OPEN;
    for (let i = 0; i < TRIES; i++) {
      look(slot + BREAKER_STATE);
      const low = word[0];
      const high = word[1];
      if (stateOf(high) === CLOSED) {
        // Another thread's trial has closed it meanwhile.
        if (!refusedByRamp(slot, options, high, now, draw)) return generationOf(high) | turned;
        refused = R_RAMP;
        break;
      }
      if (stateOf(high) === OPEN) {
        if (now < markOf(slot, high, now + getF(slot + BREAKER_OPEN_MS))) break;
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
      if (undecidedOf(low, high) >= optI(options, O_TRIALS)) break;
      const generation = generationOf(high);
      const more = (low >>> 0) + UNDECIDED_ONE;
      const state = slot + BREAKER_STATE;
      const took = trialTake(cell, fence, generation, state, low, high, more, carried(high, more));
      if (took < 0) {
        if (took === UNLEDGERED) trialReturn(slot, cell, STRUCK, generation);
        refused = R_REVOKED;
        break;
      }
      if (took === 0) continue;
      if (untried) markAgain(slot, generation, now);
      return generation | T_TRIAL | turned;
    }
    return refusedAs(refused, turned);
  }

  /** Takes back a trial that a later refusal made void, or that was ignored. */
  function trialReturn(slot: number, cell: number, fence: number, ticket: number): void {
    const generation = ticket & GENERATION;
    const state = slot + BREAKER_STATE;
    let ledger = fence;
    for (let i = 0; i < TRIES; i++) {
      look(state);
      const low = word[0];
      const high = word[1];
      if (generationOf(high) !== generation || stateOf(high) !== HALF_OPEN || undecidedOf(low, high) === 0) {
        trialDrop(cell, ledger, generation);
        return;
      }
      const less = (low >>> 0) - UNDECIDED_ONE;
      if (trialGive(cell, ledger, generation, state, low, high, less, carried(high, less)) !== 0) return;
      // Lost the race: another trial was taken or decided. The ledger is done.
      ledger = STRUCK;
    }
  }

  /** What a thread writes down that has closed the breaker. */
  function closed(slot: number, generation: number, now: number): void {
    store(slot + BREAKER_REOPENS, 0);
    markMove(slot, generation, now);
  }

  function close(slot: number, low: number, high: number, now: number): boolean {
    const next = movedTo(high, CLOSED, 0);
    if (!swap(slot + BREAKER_STATE, low, high, 0, next)) return false;
    closed(slot, generationOf(next), now);
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
    const permits = optI(options, O_TRIALS);
    const rate = optF(options, O_TRIAL_RATE);
    const state = slot + BREAKER_STATE;
    let ledger = fence;
    for (let i = 0; i < TRIES; i++) {
      look(state);
      const low = word[0];
      const high = word[1];
      if (generationOf(high) !== generation || stateOf(high) !== HALF_OPEN || undecidedOf(low, high) === 0) {
        if (trialDrop(cell, ledger, generation)) grow(slot + BREAKER_LATE, 1);
        return 0;
      }
      const next = (low >>> 0) - UNDECIDED_ONE + (failed ? FAILED_ONE : SUCCEEDED_ONE);
      const nextHigh = carried(high, next);
      const bad = failedOf(next);
      const reports = bad + succeededOf(next);
      // Without a rate any failure reopens; with it, once it can no longer stay under.
      const opens = openMs >= 0 || (bad > 0 && (rate > 1 || bad / Math.max(permits, reports) >= rate));
      const closes = !opens && reports >= permits;
      const payload = opens ? payloadOf(next, nextHigh) : closes ? 0 : next;
      const to = opens ? movedTo(high, OPEN, payload) : closes ? movedTo(high, CLOSED, 0) : nextHigh;
      const gave = trialGive(cell, ledger, generation, state, low, high, payload | 0, to);
      if (gave === REVOKED) return 0;
      if (gave === 0) {
        // Lost the race: another trial was taken or decided. The ledger is done.
        ledger = STRUCK;
        continue;
      }
      if (opens) {
        opened(slot, generationOf(to), now, openMs);
        add(slot + BREAKER_REOPENS, 1);
        grow(slot + COUNT_REOPENED, 1);
        return E_REOPENED;
      }
      if (closes) {
        closed(slot, generationOf(to), now);
        grow(slot + COUNT_CLOSED, 1);
        return E_CLOSED;
      }
      return 0;
    }
    return 0;
  }

  return { trialWait, admitTrial, trialReturn, close, decideTrial };
}
