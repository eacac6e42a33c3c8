// What the slot of one policy says, at the moment of a scrape.

import { F_ATTEMPTS, LATENCY_ATTEMPTS_AT, LATENCY_CALLS_AT } from '../../../assembly/layout.ts';
import type { PolicyCore } from '../../policy/core.ts';
import type { PolicyShape } from '../../policy/plan.ts';
import { Policy } from '../../policy/policy.ts';
import { type Distribution, percentilesOf, readDistribution } from './distribution.ts';

/** Moves of a breaker by their names: `closed>open`. */
export type Moves = ReadonlyMap<string, number>;

const SHARES = [0.5, 0.95, 0.99];

export class PolicyReading {
  readonly name: string;
  readonly core: PolicyCore;
  readonly shape: PolicyShape;
  readonly policy: Policy;
  /** Moves of the breaker that this thread heard of. */
  readonly moves: Moves;
  #percentiles: readonly number[] | undefined;
  #percentilesAtMs = 0;
  /** The labels that all series of the policy share, by the name of the label. One object each, for the serialiser. */
  readonly #shared = new Map<string, Readonly<Record<string, string>>>();

  constructor(policy: Policy, moves: Moves) {
    this.policy = policy;
    this.core = Policy.coreOf(policy);
    this.name = policy.name;
    this.shape = this.core.shape;
    this.moves = moves;
  }

  /** The memory's time. */
  get now(): number {
    return this.core.now() - this.core.originMs;
  }

  /** A counter of the slot. */
  count(word: number): number {
    return this.core.kernels.counted(this.core.at, word);
  }

  /** Durations of whole calls. */
  calls(): Distribution {
    return readDistribution(this.core.slot.plane, this.core.at + LATENCY_CALLS_AT);
  }

  /**
   * The 50th, 95th and 99th percentile of whole calls in ms: in the window of the latency budget, or since the
   * policy was defined. NaN without calls. At most `maxAgeMs` old.
   */
  percentiles(maxAgeMs: number): readonly number[] {
    const { now, core } = this;
    if (this.#percentiles === undefined || !(now - this.#percentilesAtMs <= maxAgeMs)) {
      this.#percentilesAtMs = now;
      const budget = this.policy.latencyBudget;
      this.#percentiles =
        budget === undefined
          ? percentilesOf(core.slot.plane, core.at + LATENCY_CALLS_AT, SHARES)
          : [budget.p50Ms, budget.p95Ms, budget.p99Ms];
    }
    return this.#percentiles;
  }

  /** Durations of what the breaker was told of: attempts, or calls where these are the same. */
  requests(): Distribution {
    const apart = (this.core.slot.features & F_ATTEMPTS) !== 0;
    return apart ? readDistribution(this.core.slot.plane, this.core.at + LATENCY_ATTEMPTS_AT) : this.calls();
  }

  shared(label: string): Readonly<Record<string, string>> {
    let labels = this.#shared.get(label);
    if (labels === undefined) {
      labels = { [label]: this.name };
      this.#shared.set(label, labels);
    }
    return labels;
  }
}
