// Who looks after threads at work: sees the one whose task takes longer than it should, and ends the one that is
// stuck between its tasks.

import { systemClock } from '../base/clock.ts';
import { threadNow } from '../base/thread-time.ts';
import { backgroundTimersOf, callbackTimer } from '../base/timers.ts';
import type { Lane } from './lane.ts';

/** How often lanes at work are looked at, in ms. */
const LOOK_MS = 5;
/** A thread that has begun nothing and beat no pulse for so long is stuck, in ms. */
const STUCK_MS = 2_000;

interface Seen {
  answers: number;
  answeredMs: number;
  pulse: number;
  /** When it gave its last sign of life: an answer or a beat. */
  aliveMs: number;
}

export class Watch {
  readonly #lanes: readonly Lane[];
  readonly #stalled: (lane: Lane) => void;
  readonly #seen = new WeakMap<Lane, Seen>();
  readonly #look = callbackTimer((nowMs) => this.#lookAround(nowMs));
  #looking = false;

  /** `stalled`: what a lane has not begun should be begun elsewhere. */
  constructor(lanes: readonly Lane[], stalled: (lane: Lane) => void) {
    this.#lanes = lanes;
    this.#stalled = stalled;
  }

  /** A lane gets something to do that had nothing. */
  begins(lane: Lane): void {
    lane.stalled = false;
    this.#seen.delete(lane);
    if (!this.#looking) this.#lookLater();
  }

  #lookLater(): void {
    this.#looking = true;
    backgroundTimersOf(systemClock).arm(this.#look, threadNow() + LOOK_MS);
  }

  #lookAround(nowMs: number): void {
    this.#looking = false;
    let busy = false;
    for (const lane of [...this.#lanes]) {
      if (lane.inFlight === 0) continue;
      busy = true;
      this.#lookAt(lane, nowMs);
    }
    if (busy && !this.#looking) this.#lookLater();
  }

  #lookAt(lane: Lane, nowMs: number): void {
    const { answers, pulse, running } = lane;
    const seen = this.#seen.get(lane);
    if (seen === undefined || seen.answers !== answers) {
      this.#seen.set(lane, { answers, answeredMs: nowMs, pulse, aliveMs: nowMs });
      return;
    }
    if (seen.pulse !== pulse) {
      seen.pulse = pulse;
      seen.aliveMs = nowMs;
    }
    // It may take as long as it is known to take, and as long again.
    if (running !== undefined && nowMs - seen.answeredMs < 2 * running.expectedMs) return;
    lane.stalled = true;
    if (lane.inFlight > 1) this.#stalled(lane);
    if (nowMs - seen.aliveMs >= STUCK_MS && lane.running === undefined)
      lane.end('its event loop stands still');
  }
}
