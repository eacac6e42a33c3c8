// What a runtime shows of itself: to Prometheus, and to whoever looks at its policies.

import type { Policy } from '../policy/policy.ts';
import type { Degradation } from './degradation.ts';
import { LEVELS } from './level.ts';
import { LIFECYCLE_STATES, type LifecycleState } from './lifecycle-state.ts';
import { Metrics, type MetricsSettings } from './metrics/metrics.ts';
import { PolicyReading } from './metrics/policy-reading.ts';
import type { PoolReading } from './metrics/runtime-reading.ts';
import type { Vitals } from './vitals.ts';
import type { Watch } from './watch.ts';

export interface InstrumentSources {
  vitals: Vitals;
  watch: Watch;
  degradation: Degradation;
  policies(): Policy[];
  state(): LifecycleState;
  pool(): PoolReading | undefined;
}

export class Instruments {
  readonly metrics: Metrics;
  readonly #readings = new WeakMap<Policy, PolicyReading>();
  readonly #sources: InstrumentSources;

  constructor(settings: MetricsSettings, sources: InstrumentSources) {
    this.#sources = sources;
    const { vitals, degradation, state, pool } = sources;
    this.metrics = new Metrics(settings, {
      policies: () => this.readings(),
      runtime: {
        lifecycle: () => LIFECYCLE_STATES.indexOf(state()),
        checks: () => vitals.health.status().checks,
        levels: () =>
          [...degradation.components()].map(([name, level]) => [name, LEVELS.indexOf(level)] as const),
        delays: (shares) => vitals.delay.quantiles(shares),
        pool,
      },
    });
  }

  /** A reading of each policy there is. */
  readings(): PolicyReading[] {
    return this.#sources.policies().map((policy) => {
      let reading = this.#readings.get(policy);
      if (reading === undefined) {
        reading = new PolicyReading(policy, this.#sources.watch.moves(policy));
        this.#readings.set(policy, reading);
      }
      return reading;
    });
  }
}
