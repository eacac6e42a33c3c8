// The second of the two switches that chaos needs.

import { guardClock } from '../base/clock-guard.ts';
import { readOptions } from '../base/options.ts';
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

/** Switches chaos on and off for named policies, in every thread. */
export class ChaosSwitch {
  readonly #policies: () => Map<string, Policy>;

  constructor(policies: () => Map<string, Policy>) {
    this.#policies = policies;
  }

  /** Switches on; what a policy does not allow in its own options stays off. Throws an `OptionsError`. */
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
    for (const name of names) {
      const core = Policy.coreOf(all.get(name) as Policy);
      if (core.shape.chaos !== undefined) setChaos(core, kinds, guardClock(core.clock).now() + forMs);
    }
  }

  /** Switches everything off, at once and everywhere. */
  disable(): void {
    for (const policy of this.#policies().values()) setChaos(Policy.coreOf(policy), [], 0);
  }
}
