// Changes that listeners in every thread hear of, through a ring in the memory.
//
//    head ○ counts events ever written; entry n stands at n mod 1024 and is
//    whole once its seq ● is n + 1. A reader keeps its own place: each event
//    reaches each thread exactly once, or is reported as overrun.

import {
  EVENT_AT,
  EVENT_BYTES,
  EVENT_COUNT,
  EVENT_EXTRA,
  EVENT_FROM,
  EVENT_GEN,
  EVENT_KIND,
  EVENT_SEQ,
  EVENT_SLOT,
  EVENT_THREAD,
  EVENT_TO,
  EVENTS_FIRST,
  EVENTS_HEAD,
} from '../../assembly/layout.ts';
import type { StatePlane } from './plane.ts';

/** Kinds as they stand in the ring. */
export const RING_KINDS = ['stateChange', 'exhausted', 'recovered', 'alert', 'limitChange'] as const;
export type RingKind = (typeof RING_KINDS)[number];

/** One change. What `from`, `to` and `extra` mean depends on the kind. */
export interface RingEvent {
  kind: RingKind;
  /** Index and generation of the policy's slot. */
  slot: number;
  generation: number;
  from: number;
  to: number;
  extra: number;
  /** In the plane's time, ms. */
  atMs: number;
  /** Row of the thread it happened in. */
  thread: number;
}

/** Reads after which an unfinished event is given up. */
const PATIENCE = 8;

/** The address of the word that grows with each event: what a listening thread waits on. */
export function ringWord(plane: StatePlane): number {
  return (plane.geometry.eventsAt + EVENTS_HEAD) >> 2;
}

function entryAt(plane: StatePlane, number: number): number {
  return plane.geometry.eventsAt + EVENTS_FIRST + (number & (EVENT_COUNT - 1)) * EVENT_BYTES;
}

/** Writes an event and wakes the threads that listen. Any thread may. */
export function writeEvent(plane: StatePlane, event: RingEvent): void {
  const { i32, f64 } = plane;
  const number = Atomics.add(i32, ringWord(plane), 1);
  const at = entryAt(plane, number);
  Atomics.store(i32, (at + EVENT_SEQ) >> 2, 0);
  i32[(at + EVENT_KIND) >> 2] = RING_KINDS.indexOf(event.kind);
  i32[(at + EVENT_SLOT) >> 2] = event.slot;
  i32[(at + EVENT_GEN) >> 2] = event.generation;
  i32[(at + EVENT_THREAD) >> 2] = event.thread;
  f64[(at + EVENT_FROM) >> 3] = event.from;
  f64[(at + EVENT_TO) >> 3] = event.to;
  f64[(at + EVENT_EXTRA) >> 3] = event.extra;
  f64[(at + EVENT_AT) >> 3] = event.atMs;
  Atomics.store(i32, (at + EVENT_SEQ) >> 2, (number + 1) | 0);
  Atomics.notify(i32, ringWord(plane));
}

/** One thread's place in the ring. */
export class RingReader {
  readonly #plane: StatePlane;
  #next: number;
  #stuck = 0;

  constructor(plane: StatePlane) {
    this.#plane = plane;
    this.#next = Atomics.load(plane.i32, ringWord(plane));
  }

  /** The count of events this reader has come to: what it compares the wait word with. */
  get place(): number {
    return this.#next;
  }

  /**
   * Hands each new event to `each`, in order; `overrun` is told how many were
   * lost because the ring went round. Stops at one that its writer has not
   * finished; when others stand behind it and it still is not after a few
   * reads, its writer has died, and it counts as lost.
   */
  read(each: (event: RingEvent) => void, overrun: (lost: number) => void): void {
    const { i32 } = this.#plane;
    for (let turn = 0; turn < EVENT_COUNT; turn++) {
      const behind = (Atomics.load(i32, ringWord(this.#plane)) - this.#next) | 0;
      if (behind <= 0) return;
      if (behind > EVENT_COUNT) {
        overrun(behind - EVENT_COUNT);
        this.#next = (this.#next + behind - EVENT_COUNT) | 0;
        continue;
      }
      const event = this.#take();
      if (event === undefined) {
        this.#stuck += behind > 1 ? 1 : 0;
        if (this.#stuck < PATIENCE) return;
        overrun(1);
      }
      this.#stuck = 0;
      this.#next = (this.#next + 1) | 0;
      if (event !== undefined) each(event);
    }
  }

  #take(): RingEvent | undefined {
    const { i32, f64 } = this.#plane;
    const at = entryAt(this.#plane, this.#next);
    const whole = (this.#next + 1) | 0;
    if (Atomics.load(i32, (at + EVENT_SEQ) >> 2) !== whole) return undefined;
    const event: RingEvent = {
      kind: RING_KINDS[i32[(at + EVENT_KIND) >> 2]],
      slot: i32[(at + EVENT_SLOT) >> 2],
      generation: i32[(at + EVENT_GEN) >> 2],
      from: f64[(at + EVENT_FROM) >> 3],
      to: f64[(at + EVENT_TO) >> 3],
      extra: f64[(at + EVENT_EXTRA) >> 3],
      atMs: f64[(at + EVENT_AT) >> 3],
      thread: i32[(at + EVENT_THREAD) >> 2],
    };
    // Overwritten while it was read: the next look finds the overrun.
    return Atomics.load(i32, (at + EVENT_SEQ) >> 2) === whole ? event : undefined;
  }
}
