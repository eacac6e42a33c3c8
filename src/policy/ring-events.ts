// Changes of shared policies, told to the listeners of this thread.
//
// Whoever makes a change writes it into the ring and delivers what it finds
// there to its own listeners at once; other threads are woken and deliver too.
// Every thread reads with its own place in the ring: each event comes once.

import { threadHost } from '../base/thread-host.ts';
import { type RingEvent, type RingKind, RingReader, ringWord, writeEvent } from '../state/event-ring.ts';
import type { StatePlane } from '../state/plane.ts';
import type { Announce } from './changes.ts';
import type { PolicyCore } from './core.ts';
import { BREAKER_STATES, type SharedEvents } from './events.ts';

const LOOK_AGAIN_MS = 500;
const BUDGETS = ['error', 'latency'] as const;
const SEVERITIES = ['fast', 'slow'] as const;
const LIMITS = ['bulkhead', 'rateLimiter'] as const;

type Numbers = Pick<RingEvent, 'from' | 'to' | 'extra'>;

export class RingEvents {
  readonly #plane: StatePlane;
  readonly #reader: RingReader;
  readonly #cores = new Map<number, PolicyCore>();
  #listening = false;
  #delivering = false;

  constructor(plane: StatePlane) {
    this.#plane = plane;
    this.#reader = new RingReader(plane);
  }

  add(core: PolicyCore): void {
    this.#cores.set(core.slot.index, core);
  }

  /** Before another policy of the same place is added. */
  delete(core: PolicyCore): void {
    this.#cores.delete(core.slot.index);
  }

  /** How a policy of this thread announces its changes. */
  announcer(core: PolicyCore): Announce {
    return (kind, event) => {
      const { index, generation } = core.slot;
      const { atMs } = event as SharedEvents[RingKind];
      const facts = numbersOf(kind, event as never);
      writeEvent(this.#plane, {
        // What was overrun is told by who reads, never announced.
        kind: kind as RingKind,
        slot: index,
        generation,
        ...facts,
        atMs: atMs - core.originMs,
        thread: this.#plane.row,
      });
      this.deliver();
    };
  }

  /** Hands what is new in the ring to this thread's listeners. */
  deliver(): void {
    // A listener may cause the next event: it is read by the loop that runs already.
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      this.#reader.read(
        (event) => this.#emit(event),
        (lost) => {
          for (const core of this.#cores.values()) core.events.emit('overrun', { policy: core.name, lost });
        },
      );
    } finally {
      this.#delivering = false;
    }
  }

  /** From now on other threads' changes are heard here too. Keeps no process alive. */
  listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    this.#wait();
  }

  #wait(): void {
    const { i32 } = this.#plane;
    const wait = Atomics.waitAsync(i32, ringWord(this.#plane), this.#reader.place, LOOK_AGAIN_MS);
    const again = () => {
      this.deliver();
      if (this.#cores.size > 0) this.#wait();
      else this.#listening = false;
    };
    if (wait.async) void wait.value.then(again);
    // Unread events, or one whose writer has not finished: look again in a turn of the event loop.
    else threadHost.nextTurn(again);
  }

  #emit(event: RingEvent): void {
    const core = this.#cores.get(event.slot);
    if (core === undefined || core.slot.generation !== event.generation) return;
    const { from, to, extra } = event;
    const facts = { policy: core.name, atMs: event.atMs + core.originMs };
    if (event.kind === 'stateChange') {
      core.events.emit('stateChange', { ...facts, from: BREAKER_STATES[from], to: BREAKER_STATES[to] });
    } else if (event.kind === 'alert') {
      core.events.emit('alert', { ...facts, severity: SEVERITIES[from], active: to === 1, burnRate: extra });
    } else if (event.kind === 'limitChange') {
      core.events.emit('limitChange', { ...facts, limit: LIMITS[extra], from, to });
    } else core.events.emit(event.kind, { ...facts, budget: BUDGETS[from] });
  }
}

function numbersOf(kind: keyof SharedEvents, event: never): Numbers {
  if (kind === 'stateChange') {
    const { from, to } = event as SharedEvents['stateChange'];
    return { from: BREAKER_STATES.indexOf(from), to: BREAKER_STATES.indexOf(to), extra: 0 };
  }
  if (kind === 'alert') {
    const { severity, active, burnRate } = event as SharedEvents['alert'];
    return { from: SEVERITIES.indexOf(severity), to: active ? 1 : 0, extra: burnRate };
  }
  if (kind === 'limitChange') {
    const { limit, from, to } = event as SharedEvents['limitChange'];
    return { from, to, extra: LIMITS.indexOf(limit) };
  }
  return { from: BUDGETS.indexOf((event as SharedEvents['exhausted']).budget), to: 0, extra: 0 };
}
