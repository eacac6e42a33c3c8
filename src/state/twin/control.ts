// Options in use, and the holdings of the dead.

import * as layout from '../../../assembly/layout.ts';
import { carried } from './arithmetic.ts';
import { generationOf, HALF_OPEN, stateOf, UNDECIDED_ONE, undecidedOf } from './breaker-state.ts';
import { heldGeneration } from './ledger.ts';
import type { TwinMemory } from './memory.ts';
import type { Rate } from './rate.ts';
import type { RateUnits } from './rate-units.ts';
import { optionsOf, TRIES, type Words } from './words.ts';

const {
  ADAPT_LOCK,
  BREAKER_CONTROL,
  BREAKER_STATE,
  BULKHEAD_ACTIVE,
  CELL_COSTS,
  CELL_HEAD,
  CELL_PLACES,
  CELL_SLOTS,
  CELL_TRIALS,
  LINE_COUNT,
  LINE_EVENT,
  O_RATE,
  O_UNITS_PER_MS,
  OPTIONS_BYTES,
  SLOT_LOCK,
  SLOT_VERSION,
} = layout;

export type Control = ReturnType<typeof twinControl>;

export function twinControl(
  { i32, word, look, swap, exchange, put, load, add, swap32 }: TwinMemory,
  { setF }: Words,
  { units }: RateUnits,
  { rateCarry }: Rate,
) {
  function copyBlock(to: number, from: number): void {
    i32.copyWithin(to >>> 2, from >>> 2, (from + OPTIONS_BYTES) >>> 2);
  }

  /**
   * Puts a whole block of options in force, if `expected` still is: the new
   * version, -1 while another thread publishes, -2 when another version is in
   * force. `owner`: the thread's row + 1.
   */
  function publish(slot: number, block: number, expected: number, owner: number, now: number): number {
    return publishWith(slot, block, expected, owner, now, -1);
  }

  /** The same, with another rate than the block's where that is not negative. */
  function publishWith(
    slot: number,
    block: number,
    expected: number,
    owner: number,
    now: number,
    rate: number,
  ): number {
    if (!swap32(slot + SLOT_LOCK, 0, owner)) return -1;
    let answer = -2;
    const version = load(slot + SLOT_VERSION);
    if (version === expected) {
      rateCarry(slot, version, now);
      const to = optionsOf(slot, version + 1);
      copyBlock(to, block);
      if (rate >= 0) {
        setF(to + O_RATE, rate);
        setF(to + O_UNITS_PER_MS, (rate * units(block)) / 1000);
      }
      if (swap32(slot + SLOT_VERSION, version, version + 1)) answer = version + 1;
      rateCarry(slot, version + 1, now);
      add(slot + LINE_EVENT, 1);
    }
    swap32(slot + SLOT_LOCK, owner, 0);
    return answer;
  }

  /** Opens a row's cell for the thread that has just joined under `fence`. */
  function grant(cell: number, fence: number): void {
    put(cell + CELL_SLOTS, 0, fence << 8);
    put(cell + CELL_TRIALS, 0, fence << 8);
    put(cell + CELL_PLACES, 0, fence << 8);
    put(cell + CELL_HEAD, 0, 0);
    put(cell + CELL_COSTS, 0, 0);
  }

  /** The ledger never lists a trial that its thread does not hold: none is taken from anybody else. */
  function returnTrials(slot: number, count: number, generation: number): number {
    if (count === 0) return 0;
    for (let i = 0; i < TRIES; i++) {
      look(slot + BREAKER_STATE);
      const low = word[0];
      const high = word[1];
      const same = generationOf(high) === generation && stateOf(high) === HALF_OPEN;
      const back = Math.min(count, undecidedOf(low, high));
      if (!same || back === 0) return 0;
      const less = (low >>> 0) - back * UNDECIDED_ONE;
      if (swap(slot + BREAKER_STATE, low, high, less, carried(high, less))) return back;
    }
    return 0;
  }

  /**
   * Revokes what a dead thread held of one policy and gives it back; how much
   * that was. `owner`: the dead thread's row + 1; `fence`: the next one.
   */
  function reclaim(slot: number, cell: number, owner: number, fence: number): number {
    exchange(cell + CELL_SLOTS, 0, fence << 8);
    const slots = word[0];
    if (slots) add(slot + BULKHEAD_ACTIVE, -slots);
    exchange(cell + CELL_TRIALS, 0, fence << 8);
    let returned = slots + returnTrials(slot, word[0] & 0xfff, heldGeneration(word[0], word[1]));
    exchange(cell + CELL_PLACES, 0, fence << 8);
    const line = word[0] & 0xffffff;
    const isolations = (word[0] >>> 24) | ((word[1] & 255) << 8);
    if (line) add(slot + LINE_COUNT, -line);
    if (isolations) add(slot + BREAKER_CONTROL, -(isolations << 2));
    returned += line + isolations;
    put(cell + CELL_HEAD, 0, 0);
    put(cell + CELL_COSTS, 0, 0);
    if (load(slot + SLOT_LOCK) === owner) {
      // It may run on, and write to the next block: the same options go in force in the one after that.
      const version = load(slot + SLOT_VERSION);
      copyBlock(optionsOf(slot, version + 2), optionsOf(slot, version));
      swap32(slot + SLOT_VERSION, version, version + 2);
      swap32(slot + SLOT_LOCK, owner, 0);
    }
    swap32(slot + ADAPT_LOCK, owner, 0);
    if (returned) add(slot + LINE_EVENT, 1);
    return returned;
  }

  return { publish, publishWith, grant, reclaim };
}
