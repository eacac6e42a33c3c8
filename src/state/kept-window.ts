// What one generation of a breaker counted, as it outlives its memory. There are
// three kinds of window, see assembly/breaker-window.ts.

import {
  BREAKER_CALLS,
  BREAKER_CURSOR,
  BREAKER_DURATION,
  BREAKER_FAILED,
  BREAKER_IGNORED,
  BREAKER_SLOW,
  CALLS_AT,
  F_WINDOW_CALLS,
  F_WINDOW_TIME,
  SLOT_CALLS,
} from '../../assembly/layout.ts';
import { addToRing, breakerRing, type KeptBucket, readRing } from './kept-rings.ts';
import { blockAt } from './options-block.ts';
import type { Slot } from './slot.ts';
import { twinBreakerWindow } from './twin/breaker-window.ts';
import { twinMemory } from './twin/memory.ts';
import { twinWords } from './twin/words.ts';

/** Of each bucket: calls, failures, slow ones, ignored ones, and the sum of their durations in ms. */
export interface KeptTimeWindow {
  kind: 'time';
  buckets: readonly KeptBucket[];
}

/** A letter a call, oldest first: `o` well and `s` slowly, `f` failed and `b` both. Of durations only the sum. */
export interface KeptCallsWindow {
  kind: 'calls';
  calls: string;
  ignored: number;
  durationMs: number;
}

/** Sums since the breaker closed. */
export interface KeptTotals {
  kind: 'totals';
  total: number;
  failures: number;
  slow: number;
  ignored: number;
  durationMs: number;
}

export type KeptWindow = KeptTimeWindow | KeptCallsWindow | KeptTotals;

/** By the bits of a cell: failed 2, slow 1. */
export const CALL_LETTERS = 'osfb';

/** What a generation counted, as it stood at `now`. */
export function readWindow(slot: Slot, generation: number, now: number): KeptWindow {
  const memory = twinMemory(slot.plane.memory.buffer);
  const { windowRead } = twinBreakerWindow(memory, twinWords(memory));
  const count = (which: number) => windowRead(slot.at, slot.features, generation, now, which);
  if (slot.features & F_WINDOW_TIME) {
    const kept = readRing(slot, breakerRing(slot, generation), now);
    return { kind: 'time', buckets: kept.map((bucket) => withDuration(bucket, (units) => units / 64)) };
  }
  if (slot.features & F_WINDOW_CALLS) {
    return { kind: 'calls', calls: readCalls(slot, generation), ignored: count(3), durationMs: count(4) };
  }
  return {
    kind: 'totals',
    total: count(0),
    failures: count(1),
    slow: count(2),
    ignored: count(3),
    durationMs: count(4),
  };
}

/** Puts it into a generation that has counted nothing yet. A window of another kind stays empty. */
export function writeWindow(slot: Slot, generation: number, now: number, kept: KeptWindow): void {
  const { features } = slot;
  const kind = features & F_WINDOW_TIME ? 'time' : features & F_WINDOW_CALLS ? 'calls' : 'totals';
  if (kept.kind !== kind) return;
  if (kept.kind === 'time') {
    const buckets = kept.buckets.map((bucket) => withDuration(bucket, unitsOf));
    const ring = breakerRing(slot, generation);
    addToRing(slot, ring, now, buckets);
    const memory = twinMemory(slot.plane.memory.buffer);
    const words = twinWords(memory);
    twinBreakerWindow(memory, words).markTroubled(slot.at, words.epochOf(slot.at, now, ring.widthMs));
    return;
  }
  const { tallyAdd } = twinWords(twinMemory(slot.plane.memory.buffer));
  if (kept.ignored > 0) tallyAdd(slot.at + BREAKER_IGNORED, generation, kept.ignored);
  if (kept.kind === 'calls') {
    writeCalls(slot, generation, kept);
    return;
  }
  const { total, failures, slow, durationMs } = kept;
  for (const [word, sum] of [
    [BREAKER_CALLS, total],
    [BREAKER_FAILED, failures],
    [BREAKER_SLOW, slow],
    [BREAKER_DURATION, unitsOf(durationMs)],
  ]) {
    if (sum > 0) tallyAdd(slot.at + word, generation, sum);
  }
}

/** Durations stand last, in memory in 64ths of a millisecond. */
function withDuration(bucket: KeptBucket, change: (duration: number) => number): KeptBucket {
  return bucket.map((part, index) => (index === bucket.length - 1 ? change(part) : part));
}

function unitsOf(ms: number): number {
  return Math.round(ms * 64);
}

function readCalls(slot: Slot, generation: number): string {
  const { word, lookInOrder } = twinMemory(slot.plane.memory.buffer);
  const size = slot.readI(SLOT_CALLS);
  const oldest = slot.readI(BREAKER_CURSOR) >>> 0;
  let calls = '';
  for (let i = 0; i < size; i++) {
    lookInOrder(slot.at + CALLS_AT + ((oldest + i) % size) * 8);
    const used = (word[1] >> 6) & 1;
    if (word[1] >>> 8 === generation && used === 1) calls += CALL_LETTERS[(word[1] >> 4) & 3];
  }
  return calls;
}

function writeCalls(slot: Slot, generation: number, { calls, durationMs }: KeptCallsWindow): void {
  const memory = twinMemory(slot.plane.memory.buffer);
  const { windowRecord } = twinBreakerWindow(memory, twinWords(memory));
  const options = blockAt(slot.plane, slot.at);
  const ms = durationMs / calls.length;
  for (const letter of calls) {
    const bits = CALL_LETTERS.indexOf(letter);
    windowRecord(slot.at, options, slot.features, generation, ms, 0, bits >> 1, bits & 1);
  }
}
