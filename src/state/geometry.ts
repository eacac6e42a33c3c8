// Where everything lies in a memory of given sizes.

import {
  CELL_BYTES,
  ENTRY_BYTES,
  EVENT_BYTES,
  EVENT_COUNT,
  EVENTS_FIRST,
  HEADER_BYTES,
  KEY_BYTES,
  SLOT_BYTES,
  THREAD_BYTES,
} from '../../assembly/layout.ts';
import { OptionsError } from '../base/errors.ts';

/** How much a memory can hold. Fixed when it is made. */
export interface PlaneSizes {
  /** Policies at one time. */
  policies: number;
  /** Threads at one time, the main thread included. */
  threads: number;
  /** Keys of all keyed limiters together. */
  keys: number;
}

/** Addresses in bytes from the start of the memory. */
export interface Geometry {
  threadsAt: number;
  directoryAt: number;
  eventsAt: number;
  slotsAt: number;
  ledgerAt: number;
  keysAt: number;
  keyCells: number;
  bytes: number;
  pages: number;
}

const PAGE = 65_536;
/** Addresses are shifted as signed 32-bit numbers. */
const MOST_BYTES = 2_147_483_648;

/** Slots and rows start on 128-byte borders, so that no two share a cache line or its prefetched neighbour. */
const aligned = (at: number): number => Math.ceil(at / 128) * 128;

/**
 * Cells of a table for `keys` keys: twice as many, to the next power of two, so that a probe rarely goes far.
 * Four at least, for a cell cannot be taken over by one key in 64.
 */
export function cellsFor(keys: number): number {
  return keys === 0 ? 0 : 2 ** Math.ceil(Math.log2(Math.max(4, keys * 2)));
}

/** Reserved cells for each key, so that any tables fit whose keys add up: rounding takes up to four a key. */
export const ROOM_PER_KEY = 4;

/** Lays a memory out. Throws an `OptionsError` when it would be larger than a memory can be. */
export function geometryOf({ policies, threads, keys }: PlaneSizes): Geometry {
  const keyCells = keys * ROOM_PER_KEY;
  const threadsAt = aligned(HEADER_BYTES);
  const directoryAt = aligned(threadsAt + threads * THREAD_BYTES);
  const eventsAt = aligned(directoryAt + policies * ENTRY_BYTES);
  const slotsAt = aligned(eventsAt + EVENTS_FIRST + EVENT_COUNT * EVENT_BYTES);
  const ledgerAt = aligned(slotsAt + policies * SLOT_BYTES);
  const keysAt = aligned(ledgerAt + policies * threads * CELL_BYTES);
  const bytes = aligned(keysAt + keyCells * KEY_BYTES);
  if (bytes > MOST_BYTES) {
    throw new OptionsError({
      path: 'memory',
      expected: `sizes that fit into ${MOST_BYTES} bytes`,
      received: `policies ${policies}, threads ${threads}, keys ${keys}: ${bytes} bytes`,
    });
  }
  const pages = Math.ceil(bytes / PAGE);
  return { threadsAt, directoryAt, eventsAt, slotsAt, ledgerAt, keysAt, keyCells, bytes, pages };
}
