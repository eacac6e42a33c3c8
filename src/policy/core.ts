// One policy in one thread: its slot in shared memory, its functions, its time.

import {
  A_NEWCOMER,
  BREAKER_NEXT_MS,
  BULKHEAD_ABANDONED,
  COUNT_ABANDONED,
  E_LIMIT,
  E_TURNED,
  E_WAKE,
  F_KEYED,
  F_RAMP,
  F_RATE,
  F_THROTTLE,
  LINE_EVENT,
  R_TURNED,
  S_CALL,
  S_RELEASE,
  S_VERDICT,
  T_TRIAL,
  THREAD_GEN,
  V_IGNORED,
  V_SUCCESS,
} from '../../assembly/layout.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { type GuardedTime, guardClock } from '../base/clock-guard.ts';
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
import { R_GONE, type Refused } from './refusal.ts';
import { refuse } from './refuse.ts';

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
    // Its memory may be another policy's by now.
    if (!this.slot.lives) return R_GONE;
    const answer = this.kernels.admit(
      this.at,
      this.cell,
      this.row,
      this.fence,
      nowMs - this.originMs,
      permits,
      this.draws ? this.random() : 0,
      mode,
    );
    if (answer > -R_TURNED) return answer;
    // Refused, but the breaker is half-open by this very call: no other will say so.
    this.changes.halfOpened(nowMs);
    return answer + R_TURNED;
  }

  /** Counts a refusal that stands, and tells listeners. */
  refused(code: number, nowMs: number, permits: number, detail = 0, priority = 4): Refused {
    return refuse(this, code, nowMs, permits, detail, priority);
  }

  /** Whether the limiter, if it is one for all, would refuse so many permits now. */
  lacksTokens(nowMs: number, permits: number): boolean {
    const { features } = this.slot;
    if (!(features & F_RATE) || features & F_KEYED) return false;
    return this.kernels.rateWait(this.at, nowMs - this.originMs, permits) > 0;
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
    if (!this.slot.lives) return this.#settleLate(ticket, what);
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
    const { changes } = this;
    if (events !== 0 || verdict !== 0 || changes.awaitsCalls) this.follow(events, nowMs, verdict);
    if (nowMs - startMs > changes.slowMs && what & S_CALL) changes.slow(nowMs);
  }

  /**
   * A policy that was removed has no slot any more: what ends late ends without a trace, and at no time. Only what
   * this thread's ledger still says to be held is returned, since it keeps the slot from being used again: a place in
   * the bulkhead as the operation ends, a trial with the verdict. Who has no ledger, and a thread that was declared
   * dead, hold nothing: the slot may be another policy's by now.
   */
  #settleLate(ticket: number, what: number): void {
    const { kernels, slot, at, cell, row, fence } = this;
    if (Atomics.load(slot.plane.i32, (row + THREAD_GEN) >> 2) !== fence) return;
    const returns = ticket & T_TRIAL ? S_VERDICT | S_RELEASE : S_RELEASE;
    kernels.settle(at, cell, fence, ticket, 0, 0, V_IGNORED, what & returns, -1);
  }

  /** Records a whole call whose attempts were settled without it. */
  record(startMs: number, nowMs: number, verdict: number): void {
    if (!this.slot.lives) return;
    const events = this.kernels.record(this.at, startMs - this.originMs, nowMs - this.originMs, verdict);
    const { changes } = this;
    if (events !== 0 || verdict !== 0 || changes.awaitsCalls) this.follow(events, nowMs, verdict);
    if (nowMs - startMs > changes.slowMs) changes.slow(nowMs);
  }

  /** Counts a success or failure in the error budget alone. */
  recordBudget(nowMs: number, ok: boolean): void {
    this.kernels.budgetAdd(this.at, nowMs - this.originMs, 1, ok ? 0 : 1);
    // As with a bucket that has turned, the budget is looked at whatever the verdict.
    this.follow(E_TURNED, nowMs, V_SUCCESS);
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
    this.changes.updated(now + this.originMs);
    // All keys at once: a bucket that is carried later fills at the old rate until then. Without keys there are none.
    this.kernels.keyedCarry(this.at, now, 0, 2 ** 31 - 1);
  }

  /** Somebody in line, here or elsewhere, may have their turn. */
  wake(): void {
    if (this.host.shared) Atomics.notify(this.slot.plane.i32, (this.at + LINE_EVENT) >> 2);
    this.line?.pump();
  }

  /** Throws where the policy is gone: its memory may be another one's by now. */
  mustLive(): void {
    if (!this.slot.lives) throw this.refused(R_GONE, 0, 1).error;
  }

  count(word: number, by = 1): void {
    if (this.slot.lives) this.kernels.count(this.at, word, by);
  }

  /** An operation was left running behind its answer (1), or one that was has ended (-1). */
  abandon(by: 1 | -1): void {
    if (by === 1) this.count(COUNT_ABANDONED);
    this.count(BULKHEAD_ABANDONED, by);
  }
}
