/**
 * Faults on purpose: slower, failing, timing out, answering wrongly. Off unless
 * the policy allows it and somebody has switched it on for a time. What is
 * injected goes through breaker, retry and budget as the real thing would, and
 * is counted apart.
 */

import {
  CHAOS_FLAGS,
  CHAOS_UNTIL,
  COUNT_CHAOS_BLOCK,
  COUNT_CHAOS_ERROR,
  COUNT_CHAOS_KILL,
  COUNT_CHAOS_LATENCY,
  COUNT_CHAOS_RESULT,
  COUNT_CHAOS_TIMEOUT,
  S_RELEASE,
  S_VERDICT,
} from '../../assembly/layout.ts';
import { CHAOS_CHANNEL } from '../base/diagnostics.ts';
import { ChaosError, TimeoutError } from '../base/errors.ts';
import { type Random, seededRandom } from '../base/random.ts';
import { callbackTimer, type TimerNode } from '../base/timers.ts';
import { type Attempt, INJECTED, RUNNING } from './attempt.ts';
import { readErrorBudget } from './budgets.ts';
import type { Call } from './call.ts';
import { spoiled } from './call-verdict.ts';
import type { PolicyCore } from './core.ts';
import type { ChaosKind } from './events.ts';
import { blockThread, killThread, mayStrikeThread } from './thread-chaos.ts';
import type { CallContext } from './types.ts';

const NEVER = Number.POSITIVE_INFINITY;
export const CHAOS_KINDS: readonly ChaosKind[] = [
  'latency',
  'error',
  'timeout',
  'result',
  'killWorker',
  'block',
];

/** Kinds that strike the thread. */
const KILL = 16;
const BLOCK = 32;

export class Chaos {
  readonly #core: PolicyCore;
  readonly #random: Random;
  /** Attempts that are held back, and until when. */
  readonly #held = new Map<Attempt, TimerNode>();

  constructor(core: PolicyCore) {
    this.#core = core;
    const seed = core.shape.chaos?.seed;
    this.#random = seed === undefined ? core.random : seededRandom(seed);
  }

  /** Which kinds are on at the moment, bit by bit. */
  static flags(core: PolicyCore, nowMs: number): number {
    const flags = core.slot.readI(CHAOS_FLAGS);
    return flags !== 0 && nowMs - core.originMs < core.slot.readF(CHAOS_UNTIL) ? flags : 0;
  }

  /** Whether it took the attempt over: then it goes on, or ends, by itself. */
  inject(call: Call, attempt: Attempt, nowMs: number): boolean {
    const core = this.#core;
    const flags = Chaos.flags(core, nowMs);
    if (flags === 0) return false;
    try {
      if (core.functions.chaosWhen !== undefined && !core.functions.chaosWhen(attempt)) return false;
    } catch (error) {
      spoiled(call, attempt, error, S_VERDICT | S_RELEASE, nowMs);
      return true;
    }
    if (this.#spent(nowMs)) return false;
    if (flags & (KILL | BLOCK) && mayStrikeThread()) this.#strike(flags);
    const { numbers } = core.slot;
    if (flags & 1 && this.#draws(numbers.chaosLatencyRate)) {
      const span = numbers.chaosLatencyMaxMs - numbers.chaosLatencyMinMs;
      const ms = numbers.chaosLatencyMinMs + (span > 0 ? span * this.#random() : 0);
      this.#tell('latency', COUNT_CHAOS_LATENCY);
      if (call.answered) return false;
      // Until the operation begins there is none to wait for.
      attempt.state = INJECTED;
      const timer = callbackTimer(() => this.#go(call, attempt, flags));
      this.#held.set(attempt, timer);
      core.timers.arm(timer, nowMs + ms);
      return true;
    }
    return this.#fault(call, attempt, flags);
  }

  /**
   * Before a task that was offloaded under the policy begins: where chaos may strike its thread, the thread may end
   * here or be blocked for a while.
   */
  strikeTask(context: CallContext): void {
    const core = this.#core;
    const nowMs = core.now();
    const flags = Chaos.flags(core, nowMs) & (KILL | BLOCK);
    if (flags === 0 || core.functions.chaosWhen?.(context) === false || this.#spent(nowMs)) return;
    this.#strike(flags);
  }

  /** An attempt was given up before its time had come. */
  forget(attempt: Attempt): void {
    const timer = this.#held.get(attempt);
    if (timer === undefined) return;
    this.#held.delete(attempt);
    this.#core.timers.disarm(timer);
  }

  #go(call: Call, attempt: Attempt, flags: number): void {
    this.#held.delete(attempt);
    attempt.state = RUNNING;
    if (!this.#fault(call, attempt, flags)) call.compiled.invoke(call, attempt);
  }

  #fault(call: Call, attempt: Attempt, flags: number): boolean {
    const core = this.#core;
    const { numbers } = core.slot;
    if (flags & 2 && this.#draws(numbers.chaosErrorRate)) {
      this.#tell('error', COUNT_CHAOS_ERROR);
      let error: unknown;
      try {
        const create = core.functions.chaosError;
        error = create === undefined ? new ChaosError({ policy: core.name || undefined }) : create();
      } catch (thrown) {
        error = thrown;
      }
      call.ended(attempt, false, error);
      return true;
    }
    if (flags & 4 && this.#draws(numbers.chaosTimeoutRate)) {
      this.#tell('timeout', COUNT_CHAOS_TIMEOUT);
      // With an attempt timeout the attempt simply hangs until that comes.
      if (attempt.deadlineMs < NEVER && !call.answered) attempt.state = INJECTED;
      else
        call.ended(
          attempt,
          false,
          new TimeoutError({ policy: core.name || undefined, scope: 'attempt', timeoutMs: 0 }),
        );
      return true;
    }
    if (flags & 8 && core.functions.chaosResult !== undefined && this.#draws(numbers.chaosResultRate)) {
      this.#tell('result', COUNT_CHAOS_RESULT);
      call.ended(attempt, true, core.functions.chaosResult.value);
      return true;
    }
    return false;
  }

  #strike(flags: number): void {
    const { numbers } = this.#core.slot;
    if (flags & KILL && this.#draws(numbers.chaosKillRate)) {
      this.#tell('killWorker', COUNT_CHAOS_KILL);
      killThread();
    }
    if (flags & BLOCK && this.#draws(numbers.chaosBlockRate)) {
      this.#tell('block', COUNT_CHAOS_BLOCK);
      blockThread(this.#core.shape.chaos?.blockMs ?? 0);
    }
  }

  #draws(rate: number): boolean {
    return rate > 0 && this.#random() < rate;
  }

  // An experiment ends itself when it has cost more of the budget than it may.
  #spent(nowMs: number): boolean {
    const core = this.#core;
    const below = core.shape.chaos?.abortBelow;
    if (below === undefined || core.shape.errorBudget === undefined) return false;
    const { calls, remaining } = readErrorBudget(core, nowMs - core.originMs);
    if (calls < core.slot.numbers.budgetCalls || remaining >= below) return false;
    Atomics.store(core.slot.plane.i32, (core.at + CHAOS_FLAGS) >> 2, 0);
    return true;
  }

  #tell(kind: ChaosKind, word: number): void {
    const { events, name } = this.#core;
    this.#core.count(word);
    if (events.heard.chaos) events.emit('chaos', { policy: name, kind });
    if (CHAOS_CHANNEL.hasSubscribers) CHAOS_CHANNEL.publish({ event: 'injected', policy: name, kind });
  }
}

/** Switches kinds on for a policy until `untilMs` (guarded time), or off with none. */
export function setChaos(core: PolicyCore, kinds: readonly ChaosKind[], untilMs: number): void {
  let flags = 0;
  for (const kind of kinds) if (core.shape.chaos?.[kind]) flags |= 1 << CHAOS_KINDS.indexOf(kind);
  core.slot.writeF(CHAOS_UNTIL, untilMs - core.originMs);
  Atomics.store(core.slot.plane.i32, (core.at + CHAOS_FLAGS) >> 2, flags);
}
