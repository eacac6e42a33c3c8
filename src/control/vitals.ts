// The health of a runtime: its checks, those of its components, and their recovery.

import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Policy } from '../policy/policy.ts';
import type { Component } from './component.ts';
import { addBuiltIn } from './health/built-in.ts';
import { EventLoopDelay } from './health/event-loop.ts';
import { Health } from './health/health.ts';
import type { HealthSettings } from './health/health-options.ts';
import { Recovery } from './health/recovery.ts';
import type { PoolReading } from './metrics/runtime-reading.ts';

export interface VitalsSettings {
  name: string;
  clock: Clock;
  random: Random;
  health: HealthSettings;
  /** Whether the runtime is running. */
  running: () => boolean;
  policies: () => Iterable<Policy>;
  /** `undefined` without workers. */
  pool: () => PoolReading | undefined;
}

export class Vitals {
  readonly health: Health;
  readonly delay: EventLoopDelay;
  readonly #recovery: Recovery;
  readonly #components = new Map<string, Component>();

  constructor({ name, clock, random, health, running, policies, pool }: VitalsSettings) {
    this.delay = new EventLoopDelay(clock);
    this.health = new Health(name, clock, health, running);
    this.#recovery = new Recovery(name, clock, random, this.health);
    if (health.builtIn) addBuiltIn(this.health, this.delay, policies, pool);
    this.health.on('change', ({ check, to }) => {
      const component = this.#components.get(check);
      if (component === undefined) return;
      if (to === 'down') this.#recovery.down(component);
      else this.#recovery.up(component);
    });
  }

  /** A component's check becomes one of the runtime's, under the component's name. */
  add(component: Component): void {
    const { name, check } = component;
    if (check === undefined) return;
    this.health.add({ name, kind: 'component', run: check });
    this.#components.set(name, component);
  }

  start(): void {
    this.delay.start();
    this.health.watch();
  }

  stop(): void {
    this.#recovery.stop();
    this.health.unwatch();
    this.delay.stop();
  }
}
