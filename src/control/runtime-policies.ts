// The policies of a runtime and the memory they live in, on the main thread.

import { guardClock } from '../base/clock-guard.ts';
import { OptionsError } from '../base/errors.ts';
import { type RuntimeHandle, sharedHost } from '../policy/attached.ts';
import type { PolicyOptions } from '../policy/options/policy-options.ts';
import type { Policy } from '../policy/policy.ts';
import { SharedPolicies } from '../policy/shared-policies.ts';
import { Arena } from '../state/arena.ts';
import { StatePlane } from '../state/plane.ts';
import { hasOwnClock, type RuntimeSettings } from './runtime-options.ts';
import { SharedThreads } from './shared-threads.ts';
import { Watch } from './watch.ts';

export class RuntimePolicies {
  readonly plane: StatePlane;
  readonly watch: Watch;
  readonly threads: SharedThreads;
  readonly #settings: RuntimeSettings;
  readonly #arena: Arena;
  readonly #policies: SharedPolicies;

  constructor(settings: RuntimeSettings) {
    const { name, sizes, engine, clock, random } = settings;
    this.#settings = settings;
    this.plane = StatePlane.create(sizes, guardClock(clock).now(), engine);
    this.#arena = new Arena(this.plane);
    this.watch = new Watch(name);
    this.threads = new SharedThreads(this.plane, name, settings.policies, () =>
      this.watch.hearOthers(this.opened()),
    );
    const host = sharedHost(this.plane, () => this.threads.joined);
    this.#policies = new SharedPolicies({ plane: this.plane, clock, random, host });
  }

  names(): string[] {
    return this.#policies.names();
  }

  get(name: string): Policy {
    return this.#policies.get(name);
  }

  /** All policies, by their names. */
  all(): Map<string, Policy> {
    return new Map(this.names().map((name) => [name, this.get(name)]));
  }

  opened(): Policy[] {
    return this.#policies.opened();
  }

  define(name: string, options: PolicyOptions): Policy {
    const policy = this.#policies.defineOnMain(this.#arena, name, options);
    this.watch.add(policy);
    return policy;
  }

  remove(name: string): boolean {
    return this.#policies.removeOnMain(this.#arena, name);
  }

  share(worker: unknown): RuntimeHandle {
    if (hasOwnClock(this.#settings)) {
      throw new OptionsError({
        path: 'clock',
        expected: 'the system clock where threads take part',
        received: 'a clock of this thread alone',
      });
    }
    return this.threads.share(worker, () => this.wakeAll());
  }

  /** Lets waiting callers look again: something was returned. */
  wakeAll(): void {
    for (const policy of this.opened()) policy.wake();
  }
}
