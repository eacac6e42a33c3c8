// One policy in one thread: its slot in shared memory, its functions, its time.

import {
  A_NEWCOMER,
  BREAKER_NEXT_MS,
  BULKHEAD_ABANDONED,
  COUNT_ABANDONED,
  COUNT_DRAINING,
  COUNT_QUEUE_TIMEOUT,
  COUNT_SHED,
  E_LIMIT,
  E_TURNED,
  E_WAKE,
  F_BULKHEAD,
  F_KEYED,
  F_RAMP,
  F_RATE,
  F_THROTTLE,
  LINE_EVENT,
  R_BULKHEAD,
  R_LINE,
  R_OPEN,
  R_RATE,
} from '../../assembly/layout.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { type GuardedTime, guardClock } from '../base/clock-guard.ts';
import { REJECTED_CHANNEL } from '../base/diagnostics.ts';
import { Emitter } from '../base/events.ts';
import type { Random } from '../base/random.ts';
import { type Timers, timersOf } from '../base/timers.ts';
import type { Kernels } from '../state/kernels.ts';
import type { PolicyNumbers } from '../state/options-block.ts';
import type { Slot } from '../state/slot.ts';
import type { Changes } from './changes.ts';
import { EVENT_NAMES, type PolicyEvents } from './events.ts';
import type { Keys } from './keys.ts';
import type { Line } from './line.ts';
import type { PolicyFunctions, PolicyPlan, PolicyShape } from './plan.ts';
import { R_DRAINING, R_SHED, R_WAITED, Refused } from './refusal.ts';

/** What stands around a policy: nothing much for one by itself, the runtime for a named one. */
export interface PolicyHost {
  /** Whether other threads share the slot. */
  readonly shared: boolean;
  /** Whether calls are kept in a list so that the runtime can wait for them and abort them. */
  readonly tracked: boolean;
  /** Whether new calls are refused. */
  draining(): boolean;
  /** Overall degradation, 0…3. */
  level(): number;
  /** Whether a context is one of a call that was admitted before the drain. */
  admitted(parent: unknown): boolean;
}

export interface CoreSettings {
  name: string;
  slot: Slot;
  plan: PolicyPlan;
  clock: Clock;
  random: Random;
  host: PolicyHost;
  /** The guarded time at which the memory's time is 0. */
  originMs: number;
}

export class PolicyCore {
  readonly name: string;
  readonly slot: Slot;
  readonly kernels: Kernels;
  readonly shape: PolicyShape;
  readonly functions: PolicyFunctions;
  readonly plan: PolicyPlan;
  readonly random: Random;
  readonly clock: Clock;
  readonly time: GuardedTime;
  readonly timers: Timers;
  readonly events: Emitter<PolicyEvents>;
  readonly host: PolicyHost;
  readonly originMs: number;
  /** Reads the guarded clock; the memory's time is this minus `originMs`. */
  readonly now: () => number;
  readonly at: number;
  readonly cell: number;
  readonly row: number;
  readonly fence: number;
  readonly draws: boolean;
  /** Whether a refused call may wait in line. */
  readonly waits: boolean;
  line: Line | undefined;
  keys: Keys | undefined;
  changes!: Changes;

  constructor({ name, slot, plan, clock, random, host, originMs }: CoreSettings) {
    this.name = name;
    this.slot = slot;
    this.plan = plan;
    this.shape = plan.shape;
    this.functions = plan.functions;
    this.kernels = slot.plane.kernels;
    this.random = random;
    this.clock = clock;
    this.time = guardClock(clock);
    this.timers = timersOf(clock);
    this.events = new Emitter(name === '' ? 'policy' : `policies.${name}`, EVENT_NAMES);
    this.host = host;
    this.originMs = originMs;
    this.now = this.time.now;
    this.at = slot.at;
    this.cell = slot.cell;
    this.row = slot.plane.rowAt;
    this.fence = slot.plane.fence;
    this.draws = (slot.features & (F_THROTTLE | F_RAMP)) !== 0;
    this.waits = this.shape.bulkhead?.queues === true || this.shape.rateLimiter?.waits === true;
    if (clock !== systemClock) {
      const before = this.time.offsetMs;
      this.time.onBack(() => slot.setClockBack(this.time.offsetMs - before));
    }
  }

  /** Asks the kernels: a ticket or an R_… code, with nothing counted. `nowMs` is guarded time. */
  admit(nowMs: number, permits: number, mode: number = A_NEWCOMER): number {
    return this.kernels.admit(
      this.at,
      this.cell,
      this.row,
      this.fence,
      nowMs - this.originMs,
      permits,
      this.draws ? this.random() : 0,
      mode,
    );
  }

  /** Counts a refusal that stands, and tells listeners. */
  refused(code: number, nowMs: number, permits: number, detail = 0, priority = 4): Refused {
    const known = code === R_LINE ? this.#blocker(nowMs, permits) : code;
    let fact = detail;
    let ms = 0;
    if (known === R_SHED) {
      this.count(COUNT_SHED);
      fact = this.host.level();
    } else if (known === R_DRAINING) this.count(COUNT_DRAINING);
    else {
      if (known === R_WAITED) this.count(COUNT_QUEUE_TIMEOUT);
      ms = this.kernels.refuse(this.at, this.row, nowMs - this.originMs, permits, known);
      if (known === R_OPEN) fact = this.kernels.breakerState(this.at, nowMs - this.originMs);
    }
    const refused = new Refused(this.name, known, ms > 0 && ms < Infinity ? ms : undefined, fact, priority);
    if (this.events.heard.rejected || REJECTED_CHANNEL.hasSubscribers) {
      const { strategy, retryAfterMs } = refused;
      const error = refused.error as { code?: string };
      const facts = { policy: this.name, strategy, code: error.code ?? '', retryAfterMs };
      this.events.emit('rejected', facts);
      if (REJECTED_CHANNEL.hasSubscribers) REJECTED_CHANNEL.publish(facts);
    }
    return refused;
  }

  /** Who holds the line up, for one that does not want to stand in it. */
  #blocker(nowMs: number, permits: number): number {
    const { features } = this.slot;
    if (features & F_RATE && !(features & F_KEYED)) {
      if (this.kernels.rateWait(this.at, nowMs - this.originMs, permits) > 0) return R_RATE;
    }
    return features & F_BULKHEAD ? R_BULKHEAD : R_RATE;
  }

  /** Says how an attempt ended, and passes on what that changed. `startMs`, `nowMs`: guarded time. */
  settle(
    ticket: number,
    startMs: number,
    nowMs: number,
    verdict: number,
    what: number,
    openMs: number,
  ): void {
    const { originMs } = this;
    // A policy that was removed has no slot any more: what ends late ends without a trace.
    if (!this.slot.lives) return;
    const events = this.kernels.settle(
      this.at,
      this.cell,
      this.fence,
      ticket,
      startMs - originMs,
      nowMs - originMs,
      verdict,
      what,
      openMs,
    );
    if (events !== 0 || verdict !== 0) this.follow(events, nowMs, verdict);
  }

  /** Records a whole call whose attempts were settled without it. */
  record(startMs: number, nowMs: number, verdict: number): void {
    if (!this.slot.lives) return;
    const events = this.kernels.record(this.at, startMs - this.originMs, nowMs - this.originMs, verdict);
    if (events !== 0 || verdict !== 0) this.follow(events, nowMs, verdict);
  }

  /** Counts a success or failure in the error budget alone. */
  recordBudget(nowMs: number, ok: boolean): void {
    this.kernels.budgetAdd(this.at, nowMs - this.originMs, 1, ok ? 0 : 1);
    this.follow(E_TURNED, nowMs, ok ? 0 : 1);
  }

  follow(events: number, nowMs: number, verdict: number): void {
    this.changes.follow(events, nowMs, verdict);
    if (events & (E_WAKE | E_LIMIT)) this.wake();
  }

  /** The numbers were changed: what is derived from them elsewhere follows. `now`: the memory's time. */
  updated(before: PolicyNumbers, now: number): void {
    const { numbers } = this.slot;
    if (numbers.openMs !== before.openMs && this.functions.openMs === undefined) {
      this.slot.writeF(BREAKER_NEXT_MS, numbers.openMs);
    }
    const perKey = this.shape.rateLimiter?.perKey;
    if (perKey !== undefined) this.kernels.keyedCarry(this.at, now, 0, 2 ** 31 - 1);
  }

  /** Somebody in line, here or elsewhere, may have their turn. */
  wake(): void {
    if (this.host.shared) Atomics.notify(this.slot.plane.i32, (this.at + LINE_EVENT) >> 2);
    this.line?.pump();
  }

  count(word: number, by = 1): void {
    this.kernels.count(this.at, word, by);
  }

  /** An operation was left running behind its answer (1), or one that was has ended (-1). */
  abandon(by: 1 | -1): void {
    if (by === 1) this.count(COUNT_ABANDONED);
    this.count(BULKHEAD_ABANDONED, by);
  }
}
