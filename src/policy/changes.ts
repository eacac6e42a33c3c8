// What a settled attempt changed, told to listeners once.
//
// The thread whose kernel call made a change hears of it in the answer, and is
// the only one that does: it announces it. A policy of its own tells its
// listeners at once; a shared one goes through the ring, so that every thread
// hears of it, in order.

import {
  BREAKER_NEXT_MS,
  BREAKER_REOPENS,
  BULKHEAD_LIMIT,
  COUNT_EXHAUSTED,
  COUNT_LATENCY_VIOLATED,
  E_CLOSED,
  E_LIMIT,
  E_OPENED,
  E_REOPENED,
  E_TURNED,
  TOLD_ALERTS,
  TOLD_BUDGET,
  TOLD_LATENCY,
  V_IGNORED,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import { guardedMs } from './backoff-guard.ts';
import { alertsOf, readErrorBudget, readLatencyBudget, slowCallsToSpare } from './budgets.ts';
import type { PolicyCore } from './core.ts';
import { BREAKER_STATES, type SharedEvents } from './events.ts';

const NEVER = Number.POSITIVE_INFINITY;
const CLOSED = 0;
const HALF_OPEN = 1;
const OPEN = 2;

/** Carries one change to all threads' listeners. */
export type Announce = <Name extends keyof SharedEvents>(name: Name, event: SharedEvents[Name]) => void;

/** Watches over the changes of one policy in one thread. */
export class Changes {
  readonly #core: PolicyCore;
  readonly #announce: Announce;
  /** A whole call longer than this may exhaust the latency budget. */
  slowMs = NEVER;
  /** A budget is spent, and the calls are too few to say so: any one, however good, may be the one that is missing. */
  awaitsCalls = false;
  #errorsAwait = false;
  #latencyAwaits = false;
  #limit = 0;
  #rate = 0;
  /** Slow calls that cannot exhaust the latency budget, whatever they are like. */
  #harmless = 0;

  constructor(core: PolicyCore, announce: Announce) {
    this.#core = core;
    this.#announce = announce;
    if (core.shape.bulkhead?.adaptive !== undefined) this.#limit = core.kernels.bulkheadCapacity(core.at);
    if (core.shape.rateLimiter?.adaptive !== undefined) this.#rate = core.slot.numbers.ratePerSecond;
    this.#learnTarget();
  }

  follow(events: number, nowMs: number, verdict: number): void {
    if (events & (E_OPENED | E_REOPENED | E_CLOSED)) this.#breaker(events, nowMs);
    if (events & E_LIMIT) this.#limits(nowMs);
    const turned = (events & E_TURNED) !== 0;
    const failed = verdict !== V_SUCCESS && verdict !== V_IGNORED;
    const { errorBudget, latencyBudget } = this.#core.shape;
    if (errorBudget !== undefined && (failed || turned || this.#errorsAwait))
      this.#errorBudget(nowMs, turned);
    if (latencyBudget !== undefined && (turned || this.#latencyAwaits)) this.#latencyBudget(nowMs);
  }

  /** A whole call took longer than the target: exhaustion is told by the call that brings it about. */
  slow(nowMs: number): void {
    const core = this.#core;
    if (this.#harmless > 0) this.#harmless--;
    else if (core.slot.readI(TOLD_LATENCY) === 0) {
      this.#latencyBudget(nowMs);
      this.#harmless = slowCallsToSpare(core, nowMs - core.originMs);
    }
  }

  /** Objectives, targets and least numbers of calls are others now: what that makes of the budgets is told at once. */
  updated(nowMs: number): void {
    const { errorBudget, latencyBudget } = this.#core.shape;
    if (errorBudget !== undefined) this.#errorBudget(nowMs, true);
    if (latencyBudget !== undefined) this.#latencyBudget(nowMs);
  }

  /** Tells of a move of the breaker that a hand or an admission made. */
  moved(from: number, to: number, nowMs: number): void {
    if (from === to) return;
    this.#announce('stateChange', {
      policy: this.#core.name,
      from: BREAKER_STATES[from],
      to: BREAKER_STATES[to],
      atMs: nowMs,
    });
  }

  halfOpened(nowMs: number): void {
    this.moved(OPEN, HALF_OPEN, nowMs);
  }

  /** Prepares the open time of the next opening, where that grows with each. */
  prepareOpenTime(openings: number): void {
    const { functions, slot } = this.#core;
    if (functions.openMs === undefined) return;
    const before = slot.readF(BREAKER_NEXT_MS);
    slot.writeF(
      BREAKER_NEXT_MS,
      guardedMs(() => functions.openMs?.(openings, undefined, before), before),
    );
  }

  #breaker(events: number, nowMs: number): void {
    if (events & E_CLOSED) {
      this.prepareOpenTime(1);
      this.moved(HALF_OPEN, CLOSED, nowMs);
    } else {
      this.prepareOpenTime(this.#core.slot.readI(BREAKER_REOPENS) + 2);
      this.moved(events & E_OPENED ? CLOSED : HALF_OPEN, OPEN, nowMs);
    }
  }

  #limits(nowMs: number): void {
    const { name, slot, kernels, at } = this.#core;
    if (slot.readI(BULKHEAD_LIMIT) > 0) {
      const limit = kernels.bulkheadCapacity(at);
      if (limit !== this.#limit && this.#limit > 0) {
        this.#announce('limitChange', {
          policy: name,
          limit: 'bulkhead',
          from: this.#limit,
          to: limit,
          atMs: nowMs,
        });
      }
      this.#limit = limit;
    }
    const rate = slot.numbers.ratePerSecond;
    if (this.#rate > 0 && rate !== this.#rate) {
      this.#announce('limitChange', {
        policy: name,
        limit: 'rateLimiter',
        from: this.#rate,
        to: rate,
        atMs: nowMs,
      });
      this.#rate = rate;
    }
  }

  #errorBudget(nowMs: number, turned: boolean): void {
    const core = this.#core;
    const now = nowMs - core.originMs;
    // A failure neither refills a budget that is spent nor ends an alert: during an outage nothing is added up but
    // when a bucket of the window begins.
    if (!turned && core.slot.readI(TOLD_BUDGET) === 1) return;
    const reading = readErrorBudget(core, now);
    const enough = reading.calls >= core.slot.numbers.budgetCalls;
    const spent = reading.remaining <= 1e-12;
    this.#errorsAwait = spent && !enough && reading.failures > 0;
    this.awaitsCalls = this.#errorsAwait || this.#latencyAwaits;
    const flipped = this.#flip(TOLD_BUDGET, enough && spent);
    if (flipped) {
      const exhausted = core.slot.readI(TOLD_BUDGET) === 1;
      if (exhausted) core.count(COUNT_EXHAUSTED);
      this.#announce(exhausted ? 'exhausted' : 'recovered', {
        policy: core.name,
        budget: 'error',
        atMs: nowMs,
      });
    }
    // What spends a budget at one go burns, and is not told of a bucket later: the next call may never come.
    if (!turned && !flipped) return;
    for (const alert of alertsOf(core, now)) {
      const bit = alert.severity === 'fast' ? 1 : 2;
      const told = core.slot.readI(TOLD_ALERTS);
      if (((told & bit) !== 0) === alert.active) continue;
      const word = (core.at + TOLD_ALERTS) >> 2;
      if (Atomics.compareExchange(core.slot.plane.i32, word, told, told ^ bit) !== told) continue;
      this.#announce('alert', { policy: core.name, ...alert, atMs: nowMs });
    }
  }

  #latencyBudget(nowMs: number): void {
    const core = this.#core;
    this.#harmless = 0;
    this.#learnTarget();
    const { over, enough } = readLatencyBudget(core, nowMs - core.originMs);
    this.#latencyAwaits = over && !enough;
    this.awaitsCalls = this.#errorsAwait || this.#latencyAwaits;
    if (!this.#flip(TOLD_LATENCY, over && enough)) return;
    const exceeded = core.slot.readI(TOLD_LATENCY) === 1;
    if (exceeded) core.count(COUNT_LATENCY_VIOLATED);
    this.#announce(exceeded ? 'exhausted' : 'recovered', {
      policy: core.name,
      budget: 'latency',
      atMs: nowMs,
    });
  }

  /** The target may be another one: at once in the thread that changed it, with the next bucket in the others. */
  #learnTarget(): void {
    const { shape, slot } = this.#core;
    if (shape.latencyBudget !== undefined) this.slowMs = slot.numbers.latencyTargetMs;
  }

  /** Remembers what was told; true for the one thread that may tell the change. */
  #flip(offset: number, active: boolean): boolean {
    const { slot, at } = this.#core;
    const word = (at + offset) >> 2;
    const value = active ? 1 : 0;
    return Atomics.compareExchange(slot.plane.i32, word, 1 - value, value) === 1 - value;
  }
}
