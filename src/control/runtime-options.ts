// The options of a runtime, read and checked.

import { type Clock, systemClock } from '../base/clock.ts';
import { readNamed, readOptions } from '../base/options.ts';
import type { Random } from '../base/random.ts';
import { readSettings } from '../policy/make-policy.ts';
import type { PolicyOptions } from '../policy/options/policy-options.ts';
import type { EngineName } from '../state/engine.ts';
import type { PlaneSizes } from '../state/geometry.ts';
import {
  readWorkers,
  refuseOwnClock,
  type WorkersOptions,
  type WorkersSettings,
} from '../work/worker-options.ts';
import { type HealthOptions, type HealthSettings, readHealthOptions } from './health/health-options.ts';
import { type MetricsOptions, type MetricsSettings, readMetricsOptions } from './metrics/metrics.ts';

/** How large the shared memory is made. Fixed at the start; rows of policies that were removed are used again. */
export interface MemoryOptions {
  /** Policies at one time; 1 024 by default. */
  policies?: number;
  /** Threads at one time, the main one included; 64 by default. */
  threads?: number;
  /** The sum of all `perKey.maxKeys`; 65 536 by default. */
  keys?: number;
}

export interface HoldfastOptions {
  /** Names the runtime in errors, logs and metrics; 'holdfast' by default. */
  name?: string;
  /** Policies by name: options, or a module's (`policiesOf`). */
  policies?: Readonly<Record<string, PolicyOptions>>;
  memory?: MemoryOptions;
  /** Threads that run tasks; none by default. */
  workers?: WorkersOptions;
  /** How health checks are run. */
  health?: HealthOptions;
  /** Where metrics are written to. */
  metrics?: MetricsOptions;
  /** `auto` (default) takes the JavaScript twin only where shared WASM memory is unavailable. */
  engine?: EngineName;
  /** For tests. A clock of one's own cannot be shared with workers. */
  clock?: Clock;
  random?: Random;
}

export interface RuntimeSettings {
  name: string;
  policies: Readonly<Record<string, unknown>>;
  sizes: PlaneSizes;
  health: HealthSettings;
  metrics: MetricsSettings;
  workers: WorkersSettings | undefined;
  engine: EngineName;
  clock: Clock;
  random: Random;
  given: HoldfastOptions;
}

export const KNOWN_OPTIONS = [
  'name',
  'policies',
  'memory',
  'workers',
  'health',
  'metrics',
  'engine',
  'clock',
  'random',
];

/** Reads what concerns policies and memory. Throws an `OptionsError`. `known`: names that others read. */
export function readRuntimeOptions(
  options: HoldfastOptions,
  known: readonly string[] = KNOWN_OPTIONS,
): RuntimeSettings {
  const o = readOptions('', options, known);
  const name = o.text('name', { default: 'holdfast' });
  const { clock, random, engine } = readSettings('', {
    clock: o.get('clock') as Clock | undefined,
    random: o.get('random') as Random | undefined,
    engine: o.get('engine') as EngineName | undefined,
  });
  const policies = o.has('policies') ? readNamed('policies', o.get('policies')) : {};
  const workers = o.get('workers') === undefined ? undefined : readWorkers(o.get('workers'));
  if (workers !== undefined && clock !== systemClock) refuseOwnClock();
  const memory = o.child('memory', ['policies', 'threads', 'keys']);
  const whole = { whole: true, atLeast: 1 } as const;
  const sizes = {
    policies: memory?.number('policies', { ...whole, atMost: 65_536, default: 1024 }) ?? 1024,
    threads: memory?.number('threads', { ...whole, atMost: 1024, default: 64 }) ?? 64,
    keys: memory?.number('keys', { whole: true, atLeast: 0, default: 65_536 }) ?? 65_536,
  };
  return {
    name,
    policies,
    sizes,
    health: readHealthOptions(o.get('health')),
    metrics: readMetricsOptions(o.get('metrics')),
    workers,
    engine,
    clock,
    random,
    given: options,
  };
}

export function hasOwnClock({ clock }: RuntimeSettings): boolean {
  return clock !== systemClock;
}
