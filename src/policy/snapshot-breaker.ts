// A breaker's part of a snapshot.

import {
  BREAKER_CONTROL,
  BREAKER_OPEN_MS,
  BREAKER_REJECTED,
  BREAKER_REOPENS,
  BREAKER_STATE,
} from '../../assembly/layout.ts';
import { type KeptWindow, readWindow, writeWindow } from '../state/kept-window.ts';
import {
  CLOSED,
  generationOf,
  HALF_OPEN,
  OPEN,
  payloadOf,
  stateOf,
  twinBreakerMoves,
} from '../state/twin/breaker-state.ts';
import { twinMemory } from '../state/twin/memory.ts';
import { twinWords } from '../state/twin/words.ts';
import type { PolicyCore } from './core.ts';

/** A circuit breaker, whatever its mode and whoever isolates it. */
export interface BreakerSnapshot {
  /** `half-open` too when it is open and its time is over. Put back, half-open begins with no trial. */
  state: 'closed' | 'half-open' | 'open';
  mode: 'normal' | 'disabled' | 'metrics-only';
  /** Whether somebody held it open. Told, not put back: an isolation belongs to whoever can release it. */
  isolated: boolean;
  /** While open: what was left of the open time, in ms. */
  remainingMs?: number;
  /** Unless closed: how long the open time was in all, in ms. */
  openMs?: number;
  /** Failures in a row while closed. */
  consecutive?: number;
  /** How long ago it closed, in ms, while it still lets calls back in by and by. */
  closedForMs?: number;
  /** Openings since it was last closed. */
  reopens: number;
  /** Calls it refused in this state. */
  rejected: number;
  /** What it counted while closed. */
  window?: KeptWindow;
}

const MODES = ['normal', 'disabled', 'metrics-only'] as const;
const METRICS_ONLY = 2;
/** For a breaker whose ramp is over, or that never was open. */
const LONG_AGO_MS = 1e12;

interface Seen {
  state: number;
  generation: number;
  /** Failures in a row, or trials. */
  payload: number;
  /** The time of the state: until when it is open, since when it is closed. */
  markMs: number;
  openMs: number;
  mode: number;
  isolated: boolean;
}

/** `now`: the memory's time. */
export function snapshotBreaker(core: PolicyCore, now: number): BreakerSnapshot {
  const { slot, kernels, at } = core;
  const seen = look(core, now);
  const { mode, isolated, openMs, markMs, generation } = seen;
  const leftMs = Math.max(0, markMs - now);
  const open = seen.state === OPEN && leftMs > 0;
  const window = windowOf(seen, now);
  const closed = seen.state === CLOSED;
  return {
    state: open ? 'open' : closed ? 'closed' : 'half-open',
    mode: MODES[mode],
    isolated,
    ...(open ? { remainingMs: leftMs } : {}),
    ...(closed ? { consecutive: seen.payload } : { openMs }),
    ...(rampsUp(core, seen, now) ? { closedForMs: Math.max(0, now - markMs) } : {}),
    reopens: closed ? 0 : slot.readI(BREAKER_REOPENS),
    rejected: kernels.breakerCount(at, now, 5),
    ...(window && { window: readWindow(slot, generation - window.back, window.atMs) }),
  };
}

/** `downMs`: how long ago it was taken. */
export function restoreBreaker(core: PolicyCore, kept: BreakerSnapshot, now: number, downMs: number): void {
  const { slot, kernels, at } = core;
  const leftMs = kept.state === 'open' ? (kept.remainingMs as number) - downMs : 0;
  const before = kernels.breakerState(at, now);
  if (leftMs > 0) {
    // Twice, so that the generation before, whose window an open breaker shows, has counted nothing.
    for (let times = 0; times < 2; times++) kernels.breakerRestore(at, now, OPEN, 0, leftMs);
  } else if (kept.state === 'closed') {
    // A past time, for a ramp goes on from when it closed.
    const closedForMs = kept.closedForMs === undefined ? LONG_AGO_MS : kept.closedForMs + downMs;
    kernels.breakerRestore(at, now - closedForMs, CLOSED, kept.consecutive ?? 0, 0);
  } else {
    kernels.breakerRestore(at, now, HALF_OPEN, 0, 0);
  }
  // What trials may take, where nothing else is said, is the whole open time, not what was left of it.
  if (kept.state !== 'closed') slot.writeF(BREAKER_OPEN_MS, Math.max(kept.openMs ?? 0, leftMs));
  kernels.breakerMode(at, MODES.indexOf(kept.mode));
  const reopens = kept.state === 'closed' ? 0 : kept.reopens;
  Atomics.store(slot.plane.i32, (at + BREAKER_REOPENS) >> 2, reopens);
  core.changes.prepareOpenTime(kept.state === 'closed' ? 1 : reopens + 2);
  restoreCounts(core, kept, now, downMs);
  core.changes.moved(before, kernels.breakerState(at, now), core.now());
}

function restoreCounts(core: PolicyCore, kept: BreakerSnapshot, now: number, downMs: number): void {
  const { slot, at } = core;
  const seen = look(core, now);
  const { tallyAdd } = twinWords(twinMemory(slot.plane.memory.buffer));
  if (kept.rejected > 0) tallyAdd(at + BREAKER_REJECTED, seen.generation, kept.rejected);
  const window = windowOf(seen, now - downMs);
  if (kept.window && window) writeWindow(slot, seen.generation - window.back, window.atMs, kept.window);
}

/** Which generation's window a breaker shows, and as of when: while open it keeps what it was closed with. */
function windowOf({ state, payload, mode, markMs, openMs }: Seen, now: number) {
  if (state === CLOSED || mode === METRICS_ONLY) return { back: 0, atMs: now };
  const open = state === OPEN && markMs > now;
  return open && payload === 0 ? { back: 1, atMs: markMs - openMs } : undefined;
}

/** Without a ramp its length is 0, and nothing is younger than that. */
function rampsUp({ slot }: PolicyCore, { state, generation, markMs }: Seen, now: number): boolean {
  return state === CLOSED && generation > 0 && Math.max(0, now - markMs) < slot.numbers.rampMs;
}

function look({ slot, at }: PolicyCore, now: number): Seen {
  const memory = twinMemory(slot.plane.memory.buffer);
  const { markSeen } = twinBreakerMoves(memory, twinWords(memory));
  memory.lookInOrder(at + BREAKER_STATE);
  const [low, high] = memory.word;
  const openMs = slot.readF(BREAKER_OPEN_MS);
  const control = slot.readI(BREAKER_CONTROL);
  return {
    state: stateOf(high),
    generation: generationOf(high),
    payload: payloadOf(low, high),
    // Where it is not written yet it has just opened; of a breaker that has just closed a time to come says the same.
    markMs: markSeen(at, high, now + openMs),
    openMs,
    mode: control & 3,
    isolated: control >> 2 > 0,
  };
}
