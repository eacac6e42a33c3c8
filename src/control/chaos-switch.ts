/**
 * The second of the two switches that chaos needs: experiments.
 *
 * An experiment is chaos in one policy for a time. It ends when that is over,
 * when the policy's budget falls below what its `abortWhen` allows, when
 * somebody switches it off, and when the runtime stops; a policy has one at a
 * time, a new one takes the old one's place.
 */

import { CHAOS_FLAGS } from '../../assembly/layout.ts';
import type { Clock } from '../base/clock.ts';
import { guardClock } from '../base/clock-guard.ts';
import { CHAOS_CHANNEL } from '../base/diagnostics.ts';
import { Emitter, type Listener, type ListenOptions, type Subscription } from '../base/events.ts';
import { readOptions } from '../base/options.ts';
import { backgroundTimersOf, callbackTimer } from '../base/timers.ts';
import { CHAOS_KINDS, setChaos } from '../policy/chaos.ts';
import type { ChaosKind } from '../policy/events.ts';
import { Policy } from '../policy/policy.ts';

export interface ChaosRequest {
  /** Policies it is for; all that allow chaos by default. */
  policies?: readonly string[];
  /** Kinds that are switched on; all that the policies allow by default. */
  kinds?: readonly ChaosKind[];
  /** How long, in ms; 15 minutes by default. Then it ends by itself. */
  forMs?: number;
}

/** Chaos in one policy. */
export interface ChaosExperiment {
  policy: string;
  /** Kinds that were asked for and that the policy allows. */
  kinds: readonly ChaosKind[];
  forMs: number;
}

/** Why an experiment ended: `budget` when the policy's `abortWhen` was met. */
export type ChaosEnd = 'time' | 'budget' | 'off' | 'replaced' | 'removed' | 'shutdown';

interface ChaosEvents {
  began: ChaosExperiment;
  ended: ChaosExperiment & { reason: ChaosEnd };
}

interface Running extends ChaosExperiment {
  untilMs: number;
  owner: Policy;
}

const LOOK_MS = 250;

/** Switches chaos on and off for named policies, in every thread. Belongs to the main thread. */
export class ChaosSwitch {
  readonly #policies: () => Map<string, Policy>;
  readonly #clock: Clock;
  readonly #running = new Map<string, Running>();
  readonly #events = new Emitter<ChaosEvents>('chaos', ['began', 'ended']);
  readonly #timer = callbackTimer((nowMs) => this.#look(nowMs));
  readonly #threads: (struck: boolean) => void;

  /** `threads` hears whether an experiment is under way that strikes threads. */
  constructor(
    policies: () => Map<string, Policy>,
    clock: Clock,
    threads: (struck: boolean) => void = () => {},
  ) {
    this.#threads = threads;
    this.#policies = policies;
    this.#clock = clock;
  }

  /** Begins experiments; what a policy does not allow in its own options stays off. Throws an `OptionsError`. */
  enable(request: ChaosRequest = {}): void {
    const o = readOptions('chaos', request, ['policies', 'kinds', 'forMs']);
    const all = this.#policies();
    const names = o.array(
      'policies',
      (item, path) => {
        if (typeof item === 'string' && all.has(item)) return item;
        return o.refuse('policies', `names of policies, as ${[...all.keys()].join(', ')} (at ${path})`);
      },
      { default: [...all.keys()] },
    );
    const kinds = o.array(
      'kinds',
      (item) => {
        if (CHAOS_KINDS.includes(item as ChaosKind)) return item as ChaosKind;
        return o.refuse('kinds', `kinds among ${CHAOS_KINDS.join(', ')}`);
      },
      { default: [...CHAOS_KINDS] },
    );
    const forMs = o.durationMs('forMs', { above: 0, default: 900_000 });
    for (const name of names) this.#begin(all.get(name) as Policy, kinds, forMs);
  }

  /** Ends all experiments, at once and everywhere. */
  disable(reason: ChaosEnd = 'off'): void {
    for (const running of [...this.#running.values()]) this.#end(running, reason);
    this.#arm(guardClock(this.#clock).now());
    // Whatever another hand has switched on in the memory ends too.
    for (const policy of this.#policies().values()) setChaos(Policy.coreOf(policy), [], 0);
  }

  /** Experiments under way, with what is left of their time in ms. */
  experiments(): (ChaosExperiment & { remainingMs: number })[] {
    const nowMs = guardClock(this.#clock).now();
    this.#look(nowMs);
    return [...this.#running.values()].map(({ policy, kinds, forMs, untilMs }) => {
      return { policy, kinds, forMs, remainingMs: untilMs - nowMs };
    });
  }

  /** Calls a listener when an experiment begins or ends; injections are the policies' own event `chaos`. */
  on<Name extends keyof ChaosEvents>(
    event: Name,
    listener: Listener<ChaosEvents[Name]>,
    options?: ListenOptions,
  ): Subscription {
    return this.#events.on(event, listener, options);
  }

  #begin(owner: Policy, asked: readonly ChaosKind[], forMs: number): void {
    const core = Policy.coreOf(owner);
    const kinds = asked.filter((kind) => core.shape.chaos?.[kind]);
    if (kinds.length === 0) return;
    const before = this.#running.get(owner.name);
    if (before !== undefined) this.#end(before, 'replaced');
    const nowMs = guardClock(this.#clock).now();
    const experiment = { policy: owner.name, kinds, forMs };
    this.#running.set(owner.name, { ...experiment, untilMs: nowMs + forMs, owner });
    setChaos(core, kinds, nowMs + forMs);
    this.#tellThreads();
    this.#arm(nowMs);
    if (CHAOS_CHANNEL.hasSubscribers) CHAOS_CHANNEL.publish({ event: 'began', ...experiment });
    this.#events.emit('began', experiment);
  }

  #end({ policy, kinds, forMs, owner }: Running, reason: ChaosEnd): void {
    this.#running.delete(policy);
    const core = Policy.coreOf(owner);
    if (core.slot.lives) setChaos(core, [], 0);
    this.#tellThreads();
    const ended = { policy, kinds, forMs, reason };
    if (CHAOS_CHANNEL.hasSubscribers) CHAOS_CHANNEL.publish({ event: 'ended', ...ended });
    this.#events.emit('ended', ended);
  }

  #tellThreads(): void {
    const strikes = ({ kinds }: Running) => kinds.includes('killWorker') || kinds.includes('block');
    this.#threads([...this.#running.values()].some(strikes));
  }

  // Any thread may have ended an experiment by finding its budget too low: the flags say so.
  #look(nowMs: number): void {
    for (const running of [...this.#running.values()]) {
      const { slot } = Policy.coreOf(running.owner);
      if (!slot.lives) this.#end(running, 'removed');
      else if (nowMs >= running.untilMs) this.#end(running, 'time');
      else if (slot.readI(CHAOS_FLAGS) === 0) this.#end(running, 'budget');
    }
    this.#arm(nowMs);
  }

  #arm(nowMs: number): void {
    const timers = backgroundTimersOf(this.#clock);
    const nextMs = Math.min(...[...this.#running.values()].map(({ untilMs }) => untilMs), nowMs + LOOK_MS);
    if (this.#running.size === 0) timers.disarm(this.#timer);
    else timers.arm(this.#timer, nextMs);
  }
}
