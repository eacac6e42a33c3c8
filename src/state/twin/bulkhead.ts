// Bulkhead: slots held, fenced; and the line of those who wait for one.
//
// A slot is taken by adding first and looking second: whoever finds that it was
// one too many gives it back at once. Between the two another thread may see a
// full bulkhead and be refused, or wait: so giving back also wakes the line.

import * as layout from '../../../assembly/layout.ts';
import { carried, TWO_32, whole } from './arithmetic.ts';
import { type Ledger, REVOKED } from './ledger.ts';
import type { TwinMemory } from './memory.ts';
import { optionsOf, TRIES, type Words } from './words.ts';

const {
  BULKHEAD_ACTIVE,
  BULKHEAD_LIMIT,
  CELL_BYTES,
  CELL_COSTS,
  CELL_HEAD,
  CELL_PLACES,
  CELL_SLOTS,
  HEADER_LEDGER_AT,
  HEADER_POLICIES,
  HEADER_THREAD_TOP,
  LINE_COUNT,
  LINE_EVENT,
  LINE_GRANTS,
  LINE_SEQ,
  O_MAX_CONCURRENT,
  O_MAX_QUEUE,
  SLOT_INDEX,
  SLOT_VERSION,
} = layout;

export type Bulkhead = ReturnType<typeof twinBulkhead>;

export function twinBulkhead(
  { i32, word, lookInOrder, swap, put, load, add }: TwinMemory,
  { getF, optF, optI, setF }: Words,
  { fencedAdd }: Ledger,
) {
  function bulkheadLimit(slot: number, options: number): number {
    const found = i32[(slot + BULKHEAD_LIMIT) >>> 2];
    return found > 0 ? found : optI(options, O_MAX_CONCURRENT);
  }

  /** 1 a slot was taken, 0 full, REVOKED this thread was declared dead. */
  function bulkheadTake(slot: number, options: number, cell: number, fence: number): number {
    const limit = bulkheadLimit(slot, options);
    // A plain look may be old, so that nobody is refused on it.
    if (i32[(slot + BULKHEAD_ACTIVE) >>> 2] >= limit && load(slot + BULKHEAD_ACTIVE) >= limit) return 0;
    const before = fencedAdd(cell + CELL_SLOTS, fence, 1, slot + BULKHEAD_ACTIVE, 1);
    if (before === REVOKED) return REVOKED;
    if (before < limit) return 1;
    // Lost the race for the last slot.
    bulkheadReturn(slot, cell, fence);
    lineWake(slot);
    return 0;
  }

  /** The slots held before, or REVOKED: then the manager has given the slot back already. */
  function bulkheadReturn(slot: number, cell: number, fence: number): number {
    return fencedAdd(cell + CELL_SLOTS, fence, -1, slot + BULKHEAD_ACTIVE, -1);
  }

  function bulkheadEnter(slot: number, cell: number, fence: number): number {
    return bulkheadTake(slot, optionsOf(slot, load(slot + SLOT_VERSION)), cell, fence);
  }

  /** Slots in use now, and the limit in force. */
  function bulkheadActive(slot: number): number {
    return load(slot + BULKHEAD_ACTIVE);
  }

  function bulkheadCapacity(slot: number): number {
    return bulkheadLimit(slot, optionsOf(slot, load(slot + SLOT_VERSION)));
  }

  /** Moves the event count on; 1 when somebody is in line and wants to be notified. */
  function lineWake(slot: number): number {
    if (load(slot + LINE_COUNT) === 0) return 0;
    add(slot + LINE_EVENT, 1);
    return 1;
  }

  /** A place in line: its arrival number, from 1; -1 when the line is full, -2 for a revoked thread. */
  function lineJoin(slot: number, cell: number, fence: number): number {
    const room = optF(optionsOf(slot, load(slot + SLOT_VERSION)), O_MAX_QUEUE);
    if (load(slot + LINE_COUNT) >= room) return -1;
    const before = fencedAdd(cell + CELL_PLACES, fence, 1, slot + LINE_COUNT, 1);
    if (before === REVOKED) return -2;
    if (before >= room) {
      fencedAdd(cell + CELL_PLACES, fence, -1, slot + LINE_COUNT, -1);
      return -1;
    }
    return arrival(slot);
  }

  function arrival(slot: number): number {
    for (let i = 0; i < TRIES; i++) {
      lookInOrder(slot + LINE_SEQ);
      const low = word[0];
      const high = word[1];
      const next = (low >>> 0) + 1;
      if (swap(slot + LINE_SEQ, low, high, next, carried(high, next))) return high * TWO_32 + next;
    }
    return 0;
  }

  /** Gives up `places` places; `granted` of them got their turn. 1 when others still wait. */
  function lineLeave(slot: number, cell: number, fence: number, places: number, granted: number): number {
    fencedAdd(cell + CELL_PLACES, fence, -places, slot + LINE_COUNT, -places);
    if (granted) add(slot + LINE_GRANTS, granted);
    return lineWake(slot);
  }

  /** Publishes this thread's first waiter (its order, 0 for none) and what its waiters ask for in all. */
  function lineHead(cell: number, order: number, costs: number): void {
    setF(cell + CELL_COSTS, costs);
    const first = whole(order);
    put(cell + CELL_HEAD, first, Math.floor(first / TWO_32));
  }

  function cellOf(slot: number, thread: number): number {
    const row = thread * i32[HEADER_POLICIES >>> 2] + i32[(slot + SLOT_INDEX) >>> 2];
    return i32[HEADER_LEDGER_AT >>> 2] + row * CELL_BYTES;
  }

  /** How many threads have a waiter before `order`. */
  function lineRank(slot: number, order: number): number {
    const threads = load(HEADER_THREAD_TOP);
    let rank = 0;
    for (let thread = 0; thread < threads; thread++) {
      lookInOrder(cellOf(slot, thread) + CELL_HEAD);
      const head = word[1] * TWO_32 + (word[0] >>> 0);
      if (head !== 0 && head < order) rank++;
    }
    return rank;
  }

  /** Permits that all waiters ask for together. */
  function lineCosts(slot: number): number {
    const threads = load(HEADER_THREAD_TOP);
    let sum = 0;
    for (let thread = 0; thread < threads; thread++) sum += getF(cellOf(slot, thread) + CELL_COSTS);
    return sum;
  }

  return {
    bulkheadLimit,
    bulkheadTake,
    bulkheadReturn,
    bulkheadEnter,
    bulkheadActive,
    bulkheadCapacity,
    lineWake,
    lineJoin,
    lineLeave,
    lineHead,
    lineRank,
    lineCosts,
  };
}
