// Bulkhead: slots held, fenced; and the line of those who wait for one.
//
// A slot is taken by adding first and looking second: whoever finds that it was
// one too many gives it back at once. Between the two another thread may see a
// full bulkhead and be refused, or wait: so giving back also wakes the line.

import {
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
} from './layout';
import { fencedAdd, REVOKED } from './ledger';
import { getF, optionsOf, setF } from './words';

export function bulkheadLimit(slot: usize, options: usize): i32 {
  const found = atomic.load<i32>(slot, BULKHEAD_LIMIT);
  return found > 0 ? found : load<i32>(options, O_MAX_CONCURRENT);
}

/** 1 a slot was taken, 0 full, REVOKED this thread was declared dead. */
export function bulkheadTake(slot: usize, options: usize, cell: usize, fence: i32): i32 {
  const limit = bulkheadLimit(slot, options);
  if (atomic.load<i32>(slot, BULKHEAD_ACTIVE) >= limit) return 0;
  const before = fencedAdd(cell + CELL_SLOTS, fence, 1, slot + BULKHEAD_ACTIVE, 1);
  if (before == REVOKED) return REVOKED;
  if (before < limit) return 1;
  // Lost the race for the last slot.
  bulkheadReturn(slot, cell, fence);
  lineWake(slot);
  return 0;
}

/** The slots held before, or REVOKED: then the manager has given the slot back already. */
export function bulkheadReturn(slot: usize, cell: usize, fence: i32): i32 {
  return fencedAdd(cell + CELL_SLOTS, fence, -1, slot + BULKHEAD_ACTIVE, -1);
}

export function bulkheadEnter(slot: usize, cell: usize, fence: i32): i32 {
  return bulkheadTake(slot, optionsOf(slot, atomic.load<i32>(slot, SLOT_VERSION)), cell, fence);
}

/** Slots in use now, and the limit in force. */
export function bulkheadActive(slot: usize): i32 {
  return atomic.load<i32>(slot, BULKHEAD_ACTIVE);
}

export function bulkheadCapacity(slot: usize): i32 {
  return bulkheadLimit(slot, optionsOf(slot, atomic.load<i32>(slot, SLOT_VERSION)));
}

/** Moves the event count on; 1 when somebody is in line and wants to be notified. */
export function lineWake(slot: usize): i32 {
  if (atomic.load<i32>(slot, LINE_COUNT) == 0) return 0;
  atomic.add<i32>(slot, 1, LINE_EVENT);
  return 1;
}

/** A place in line: its arrival number, from 1; -1 when the line is full, -2 for a revoked thread. */
export function lineJoin(slot: usize, cell: usize, fence: i32): f64 {
  const room = load<f64>(optionsOf(slot, atomic.load<i32>(slot, SLOT_VERSION)), O_MAX_QUEUE);
  if (<f64>atomic.load<i32>(slot, LINE_COUNT) >= room) return -1;
  const before = fencedAdd(cell + CELL_PLACES, fence, 1, slot + LINE_COUNT, 1);
  if (before == REVOKED) return -2;
  if (<f64>before >= room) {
    fencedAdd(cell + CELL_PLACES, fence, -1, slot + LINE_COUNT, -1);
    return -1;
  }
  return <f64>(atomic.add<i64>(slot, 1, LINE_SEQ) + 1);
}

/** Gives up `places` places; `granted` of them got their turn. 1 when others still wait. */
export function lineLeave(slot: usize, cell: usize, fence: i32, places: i32, granted: i32): i32 {
  fencedAdd(cell + CELL_PLACES, fence, i64(-places), slot + LINE_COUNT, -places);
  if (granted) atomic.add<i32>(slot, granted, LINE_GRANTS);
  return lineWake(slot);
}

/** Publishes this thread's first waiter (its order, 0 for none) and what its waiters ask for in all. */
export function lineHead(cell: usize, order: f64, costs: f64): void {
  setF(cell + CELL_COSTS, costs);
  atomic.store<i64>(cell, i64(order), CELL_HEAD);
}

function cellOf(slot: usize, thread: i32): usize {
  const row = thread * load<i32>(0, HEADER_POLICIES) + load<i32>(slot, SLOT_INDEX);
  return <usize>load<i32>(0, HEADER_LEDGER_AT) + <usize>row * CELL_BYTES;
}

/** How many threads have a waiter before `order`. */
export function lineRank(slot: usize, order: f64): i32 {
  const threads = atomic.load<i32>(0, HEADER_THREAD_TOP);
  let rank: i32 = 0;
  for (let thread = 0; thread < threads; thread++) {
    const head = atomic.load<i64>(cellOf(slot, thread), CELL_HEAD);
    if (head != 0 && <f64>head < order) rank++;
  }
  return rank;
}

/** Permits that all waiters ask for together. */
export function lineCosts(slot: usize): f64 {
  const threads = atomic.load<i32>(0, HEADER_THREAD_TOP);
  let sum: f64 = 0;
  for (let thread = 0; thread < threads; thread++) sum += getF(cellOf(slot, thread) + CELL_COSTS);
  return sum;
}
