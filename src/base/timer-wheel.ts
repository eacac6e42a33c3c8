// The timers of a thread, on one real timer.
//
// Eight levels of 32 lists. A list of level l spans 32^l ms, so a level spans as much as one list of the next:
//
//   level 0   32 × 1 ms        level 3   32 × 33 s        level 6   32 × 12 days
//   level 1   32 × 32 ms       level 4   32 × 17 min      level 7   32 × 1 year
//   level 2   32 × 1 s         level 5   32 × 9 h
//
// A node hangs in the list of the lowest level that reaches as far as its time: found by a division or four,
// whatever the number of nodes. When the time comes to a list of a higher level, its nodes are hung anew, lower
// down. Almost every node is disarmed long before that: a timeout that fires is the exception. So a node is not
// hung at all before the timer goes off next, or too many have been armed since.
//
// The real timer is set to the earliest time that was armed since it last went off, and is not touched when
// that node is disarmed: waking up in vain every few seconds costs less than a reset with every call. For the
// same reason an emptied wheel lets go of the process only when the event loop has come round once: a loop of
// awaited calls empties and refills it a million times a second.

import { raiseLater } from './report.ts';
import { type Alarm, type Host, threadHost } from './thread-host.ts';
import { FreshTimers } from './timer-fresh.ts';
import { append, remove, type TimerNode, takeAll, timerList } from './timer-node.ts';

const LEVELS = 8;
const SLOTS = 32;
const LAST_SLOT = SLOTS - 1;
const PER_SLOT = 1 / SLOTS;
// The largest delay that a real timer keeps; it takes a longer one for 1 ms.
const LONGEST_DELAY_MS = 2 ** 31 - 1;
// Orders wrap around; two nodes of one time are never this far apart.
const ORDERS = 2 ** 30;

/** A hierarchical timing wheel: arming and disarming in constant time, nothing fired early. */
export class TimerWheel {
  /** How many nodes are armed. */
  size = 0;
  readonly #host: Host;
  readonly #holding: boolean;
  readonly #fresh = new FreshTimers();
  readonly #lists: TimerNode[] = Array.from({ length: LEVELS * SLOTS }, timerList);
  // Bit s of word l: list s of level l may have nodes. Set when one is hung there, cleared when found empty.
  readonly #filled = new Int32Array(LEVELS);
  // Up to here, in whole ms, the lists have been looked through.
  #tick: number;
  #order = 0;
  #alarm: Alarm | undefined;
  // When the real timer goes off; −Infinity while nodes are being fired, and it will be set anyway.
  #wakeMs = Number.POSITIVE_INFINITY;
  // Whether the real timer keeps the process alive.
  #held = false;
  #letGoSoon = false;

  /** With `holding`, an armed node keeps the process alive. */
  constructor(host: Host, holding: boolean) {
    this.#host = host;
    this.#holding = holding;
    this.#tick = Math.floor(host.now());
  }

  /** Arms a node, or moves one that is armed. What is no number never comes. */
  arm(node: TimerNode, atMs: number): void {
    if (node.timerNext !== null) this.#release(node);
    else if (this.size++ === 0 && this.#holding && !this.#held) this.#hold();
    node.timerAtMs = atMs;
    this.#order = (this.#order + 1) & (ORDERS - 1);
    node.timerOrder = this.#order;
    if (this.#fresh.full) this.#hangFresh();
    this.#fresh.add(node);
    if (atMs < this.#wakeMs) this.#wakeAt(atMs);
  }

  /** Disarms a node; does nothing to one that is not armed. */
  disarm(node: TimerNode): void {
    if (node.timerNext === null) return;
    this.#release(node);
    if (--this.size === 0 && this.#held && !this.#letGoSoon) this.#planToLetGo();
  }

  #release(node: TimerNode): void {
    if (this.#fresh.has(node)) this.#fresh.remove(node);
    else remove(node);
  }

  #hangFresh(): void {
    this.#fresh.takeAll((node) => this.#hang(node));
  }

  #hang(node: TimerNode): void {
    const atMs = node.timerAtMs;
    let away = atMs - this.#tick;
    let slots = away > 0 ? atMs : this.#tick;
    let level = 0;
    while (away >= SLOTS && level < LEVELS - 1) {
      away *= PER_SLOT;
      slots *= PER_SLOT;
      level++;
    }
    const slot = slots & LAST_SLOT;
    this.#filled[level] |= 1 << slot;
    append(this.#lists[level * SLOTS + slot], node);
  }

  #hold(): void {
    this.#held = true;
    this.#alarm?.ref();
  }

  #planToLetGo(): void {
    this.#letGoSoon = true;
    this.#host.nextTurn(() => {
      this.#letGoSoon = false;
      if (this.size > 0) return;
      this.#held = false;
      this.#alarm?.unref();
    });
  }

  #wakeAt(atMs: number): void {
    if (this.#alarm !== undefined) this.#host.clearAlarm(this.#alarm);
    this.#wakeMs = atMs;
    const delayMs = Math.min(Math.max(Math.ceil(atMs - this.#host.now()), 1), LONGEST_DELAY_MS);
    this.#alarm = this.#host.setAlarm(this.#wake, delayMs);
    if (!this.#held) this.#alarm.unref();
  }

  readonly #wake = (): void => {
    this.#alarm = undefined;
    this.#wakeMs = Number.NEGATIVE_INFINITY;
    const nowMs = this.#host.now();
    this.#hangFresh();
    this.#fire(this.#advance(nowMs), nowMs);
    this.#hangFresh();
    this.#wakeMs = Number.POSITIVE_INFINITY;
    const nextMs = this.#earliest();
    if (nextMs < Number.POSITIVE_INFINITY) this.#wakeAt(nextMs);
  };

  // Looks through every list that the time has reached: what is due is taken out, the rest hung anew.
  #advance(nowMs: number): TimerNode[] {
    const due: TimerNode[] = [];
    let from = this.#tick;
    let to = Math.floor(nowMs);
    this.#tick = to;
    for (let level = 0; level < LEVELS; level++) {
      // The current list of level 0 may have been looked at before its millisecond was over.
      const first = Math.max(level === 0 ? from : from + 1, to - LAST_SLOT);
      for (let slots = first; slots <= to; slots++) {
        if (!this.#mayHave(level, slots)) continue;
        this.#filled[level] &= ~(1 << (slots & LAST_SLOT));
        for (const node of takeAll(this.#list(level, slots))) {
          if (node.timerAtMs <= nowMs) due.push(node);
          else this.#hang(node);
        }
      }
      from = Math.floor(from * PER_SLOT);
      to = Math.floor(to * PER_SLOT);
    }
    return due.sort(byTimeThenArming);
  }

  // A node that is fired may disarm or move others that are due: until its turn each that stays due hangs in a list.
  #fire(nodes: TimerNode[], nowMs: number): void {
    const due = timerList();
    for (const node of nodes) append(due, node);
    for (let node = due.timerNext as TimerNode; node !== due; node = due.timerNext as TimerNode) {
      this.disarm(node);
      try {
        node.onTimer(nowMs);
      } catch (error) {
        raiseLater(error);
      }
    }
  }

  // The time of the first node where it is near, else the time at which its list is to be hung lower.
  #earliest(): number {
    let earliest = Number.POSITIVE_INFINITY;
    let from = this.#tick;
    let width = 1;
    for (let level = 0; level < LEVELS; level++) {
      const first = level === 0 ? from : from + 1;
      for (let slots = first; slots < first + SLOTS; slots++) {
        if (!this.#mayHave(level, slots)) continue;
        const startMs = level === 0 ? firstTimeIn(this.#list(level, slots)) : slots * width;
        // What never comes, having no number for a time, hides nothing that does.
        if (startMs === Number.POSITIVE_INFINITY) continue;
        earliest = Math.min(earliest, startMs);
        break;
      }
      from = Math.floor(from * PER_SLOT);
      width *= SLOTS;
    }
    return earliest;
  }

  #mayHave(level: number, slots: number): boolean {
    const bit = 1 << (slots & LAST_SLOT);
    if ((this.#filled[level] & bit) === 0) return false;
    const list = this.#list(level, slots);
    if (list.timerNext !== list) return true;
    this.#filled[level] &= ~bit;
    return false;
  }

  #list(level: number, slots: number): TimerNode {
    return this.#lists[level * SLOTS + (slots & LAST_SLOT)];
  }
}

function byTimeThenArming(a: TimerNode, b: TimerNode): number {
  if (a.timerAtMs !== b.timerAtMs) return a.timerAtMs - b.timerAtMs;
  const later = a.timerOrder - b.timerOrder;
  return Math.abs(later) < ORDERS / 2 ? later : -later;
}

function firstTimeIn(list: TimerNode): number {
  let first = Number.POSITIVE_INFINITY;
  for (let node = list.timerNext as TimerNode; node !== list; node = node.timerNext as TimerNode) {
    if (node.timerAtMs < first) first = node.timerAtMs;
  }
  return first;
}

const wheels: { holding?: TimerWheel; background?: TimerWheel } = {};

/** This thread's wheel, whose armed nodes keep the process alive. */
export function systemWheel(): TimerWheel {
  wheels.holding ??= new TimerWheel(threadHost, true);
  return wheels.holding;
}

/** This thread's wheel for what must not keep the process alive. */
export function backgroundWheel(): TimerWheel {
  wheels.background ??= new TimerWheel(threadHost, false);
  return wheels.background;
}
